/**
 * The commands: one class each. A command reads its invocation, calls one operation of the engine and
 * renders the result; it decides nothing itself.
 */
package io.jcompose.cli;
