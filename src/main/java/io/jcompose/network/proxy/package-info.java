/**
 * Forwarding in user space for the connections that reach a published port's socket without NAT.
 */
package io.jcompose.network.proxy;
