/**
 * Turns what is wanted and what is there into a plan: steps, their order, and the cause of each one,
 * with no handle to any effect.
 */
package io.jcompose.plan;
