package io.jcompose.container;

/**
 * A mount and where it goes.
 *
 * @param path the target with every symbolic link of the image resolved
 * @param directory the source is a directory; else the target is a file
 */
record Placement(Mount mount, String path, boolean directory) {}
