/** Reads YAML into trees of which every value knows the file, line and column it was written at. */
package io.jcompose.compose.yaml;
