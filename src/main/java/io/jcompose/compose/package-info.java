/**
 * From Compose files to a project: pure, without clock, network, processes or the JVM's
 * environment.
 */
package io.jcompose.compose;
