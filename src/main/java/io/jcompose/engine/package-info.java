/**
 * The long-lived part: the operations behind every command, the reconciler that runs a plan, the monitors
 * that keep what runs as it should be, and the socket on which clients call.
 */
package io.jcompose.engine;
