/** The whole program, run by its real client in a network namespace of the test's own; and what must not be left behind. */
package io.jcompose.e2e;
