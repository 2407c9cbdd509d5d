/** Copies files between a container's root and the host or a tar stream; no path in a container leads out of it. */
package io.jcompose.engine.copy;
