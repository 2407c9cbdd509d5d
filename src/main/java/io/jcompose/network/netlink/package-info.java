/**
 * Netlink messages: how links, addresses, routes and nftables rules are asked for, many in one send
 * (netlink(7), rtnetlink(7), linux/netfilter/nf_tables.h).
 */
package io.jcompose.network.netlink;
