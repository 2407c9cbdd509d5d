package io.jcompose.network.netlink;

/**
 * A network interface.
 *
 * @param index its number in its namespace
 * @param name at most 15 bytes
 * @param up whether it is set up
 * @param mtu in bytes
 * @param master index of the bridge it is a port of, or 0
 * @param mac hardware address, six bytes; none for some kinds
 * @param kind "bridge", "veth", … or "" for hardware
 * @param group the number of the group that it is in; 0 when nobody chose one
 */
public record Link(
    int index, String name, boolean up, int mtu, int master, byte[] mac, String kind, int group) {}
