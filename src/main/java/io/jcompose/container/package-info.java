/**
 * Makes, runs and removes containers: a spec is compiled into a step program, the container's keeper runs it.
 */
package io.jcompose.container;
