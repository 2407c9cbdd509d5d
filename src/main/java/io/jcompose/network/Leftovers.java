package io.jcompose.network;

import java.util.List;

/**
 * What carries our mark in the kernel and belongs to no network or endpoint that we know.
 *
 * @param links names of bridges and host ends
 * @param tables names of nftables tables
 */
public record Leftovers(List<String> links, List<String> tables) {
  public boolean isEmpty() {
    return links.isEmpty() && tables.isEmpty();
  }
}
