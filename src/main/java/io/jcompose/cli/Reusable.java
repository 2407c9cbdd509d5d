package io.jcompose.cli;

/**
 * A command that is called often, keeps nothing of a call but in its options, and has nothing going on when it is over:
 * the next call may have the same object, its options as they were at first.
 */
interface Reusable {}
