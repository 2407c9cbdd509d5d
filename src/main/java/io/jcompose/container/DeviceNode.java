package io.jcompose.container;

/**
 * A device node to be made in the container.
 *
 * @param path in the container
 * @param mode type and permissions, as of mknod(2)
 */
record DeviceNode(String path, int mode, int major, int minor, int uid, int gid) {}
