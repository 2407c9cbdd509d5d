package io.jcompose.cli;

/** A command whose arguments from the first one on that is no option belong to the program that it runs. */
interface RunsProgram {}
