/** Turns a service of the Compose model and the config of its image into the record of a container. */
package io.jcompose.engine.compile;
