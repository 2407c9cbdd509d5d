/** Talks to image registries (the OCI distribution API): who to ask, how to log in, what came. */
package io.jcompose.image.registry;
