/** Prints a loaded project in the canonical form that {@code config} shows, and fingerprints it. */
package io.jcompose.compose.canon;
