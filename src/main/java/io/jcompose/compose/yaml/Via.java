package io.jcompose.compose.yaml;

/**
 * How a value came to a place where it is not written.
 *
 * @param at what brought it: the alias, the {@code extends}, the {@code include}; for what is
 *     implied, what implies it
 * @param what the name of the anchor, the service or the file
 */
public record Via(Kind kind, Place at, String what) {

  /** What brings values from elsewhere. */
  public enum Kind {
    /** An alias, by itself or as a merge key's value. */
    ALIAS,
    EXTENDS,
    INCLUDE,
    /** A file that a service names: {@code env_file}, {@code label_file}. */
    FILE,
    /** Nothing: no file has the value, a short form or a default stands for it. */
    IMPLIED
  }
}
