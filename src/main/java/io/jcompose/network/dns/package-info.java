/**
 * The DNS server that containers see at 127.0.0.11: names of their networks, the rest from the
 * host's resolvers.
 */
package io.jcompose.network.dns;
