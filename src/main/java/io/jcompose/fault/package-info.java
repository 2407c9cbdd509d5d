/**
 * Named places in the making and removing of things at which a test lets the engine fail, be slow, or die. Knows
 * no other room; any room that makes something may name its steps.
 */
package io.jcompose.fault;
