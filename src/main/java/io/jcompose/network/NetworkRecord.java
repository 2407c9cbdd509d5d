package io.jcompose.network;

import java.util.List;

/**
 * What is kept of a network on disk.
 *
 * @param endpoints leased places in it
 * @param leaving places given back whose host link has not gone yet: their addresses are still
 *     theirs
 */
record NetworkRecord(Network network, List<Endpoint> endpoints, List<Endpoint> leaving) {
  NetworkRecord {
    endpoints = List.copyOf(endpoints);
    leaving = List.copyOf(leaving);
  }
}
