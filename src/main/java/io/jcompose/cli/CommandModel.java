package io.jcompose.cli;

import picocli.CommandLine;

/** A command's flags, read from its class, and what it works with: good for one call. */
record CommandModel(CommandName name, CommandLine line, CommandContext context) {}
