/** Finds, reads, merges, resolves and checks Compose files, and makes a project of them. */
package io.jcompose.compose.load;
