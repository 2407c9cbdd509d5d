package io.jcompose.cli;

/**
 * Which command is called.
 *
 * @param verb its usual name, also where the caller has used another; empty: none
 * @param next for a verb that has others below it, the argument that follows; else empty
 */
record CommandName(String verb, String next) {
  static final CommandName NONE = new CommandName("", "");
}
