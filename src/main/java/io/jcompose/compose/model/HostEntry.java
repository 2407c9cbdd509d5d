package io.jcompose.compose.model;

/**
 * A line of /etc/hosts.
 *
 * @param name the host's name
 * @param address an IP address, or {@code host-gateway}
 */
public record HostEntry(String name, String address) {}
