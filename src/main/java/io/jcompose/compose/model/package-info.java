/**
 * The Compose project as immutable values: what a set of files means, with nothing of how it was
 * written.
 */
package io.jcompose.compose.model;
