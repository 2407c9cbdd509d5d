/**
 * Images that come from or go to files: a root file system made by mmdebstrap or out of one busybox
 * binary.
 */
package io.jcompose.image.archive;
