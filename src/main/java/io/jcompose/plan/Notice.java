package io.jcompose.plan;

/**
 * Something that the user should know about a plan and that no step changes.
 *
 * @param kind what it is about, for those who show some and hide others
 * @param text a whole sentence, with what to do next
 */
public record Notice(Kind kind, String text) {

  /** What a notice is about. */
  public enum Kind {
    /** Containers of the project that no service of the file stands for. */
    ORPHANS,
    /** A network or volume of that name exists that this project did not make. */
    FOREIGN,
    /** A service without containers, of which there should be some. */
    LACKING,
    /** Something stays that people may expect to go: a volume's data, a network in use. */
    KEPT,
    /** Edits of the file that this verb does not apply. */
    NOT_APPLIED
  }
}
