/** Our nftables table, its rules and port maps, and living beside the tables of others. */
package io.jcompose.network.firewall;
