/**
 * Dockerfile, context and ignore file to steps, and steps to layers and images, with a cache by
 * content.
 */
package io.jcompose.build;
