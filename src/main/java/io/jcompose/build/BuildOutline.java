package io.jcompose.build;

import java.util.List;

/**
 * What the build of a target takes from who calls it.
 *
 * @param target the stage's name; empty if it has none
 * @param description what the comment before the stage says of it, or empty
 * @param args in the order of the file
 * @param dockerfile its text
 */
public record BuildOutline(
    String target, String description, List<Arg> args, List<Need> secrets, List<Need> ssh, String dockerfile) {

  /**
   * A build argument.
   *
   * @param value what it is in this build, without the caller its default; empty: it has none
   * @param description what the comment before it says of it, or empty
   */
  public record Arg(String name, String value, String description, LineRange lines) {}

  /** A secret or an SSH agent that a step mounts. */
  public record Need(String id, boolean required, LineRange lines) {}
}
