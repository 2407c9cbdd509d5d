package io.jcompose.cli;

/**
 * Which command is called.
 *
 * @param verb as the caller names it; empty: none
 * @param next for a verb that has others below it, the argument that follows; else empty
 */
record CommandName(String verb, String next) {
  static final CommandName NONE = new CommandName("", "");
}
