/**
 * Networks of containers: bridges, the endpoints that join a container's network namespace to them,
 * and the ports that are published on the host.
 */
package io.jcompose.network;
