/** Which subnet a network gets and which address a container gets: pure values, no kernel. */
package io.jcompose.network.ipam;
