package io.jcompose.container;

import io.jcompose.linux.Fd;
import java.util.Map;

/**
 * What a start needs beside the spec. The descriptors stay the caller's.
 *
 * @param run number of this run: above that of every earlier run of the container
 * @param namespaces by kind ({@code network}, {@code ipc}, {@code uts}, {@code pid}): the network namespace unless it
 *     is the host's, and each that is JOINED
 * @param files content of each {@link Mount.File}, by target
 * @param volumes what {@link VolumeNamespace#mount} gave for each volume with a file system of its own, by name
 * @param rows of the terminal, if there is one; 0: unknown
 */
public record StartInputs(
    Keeper keeper,
    int run,
    Map<String, Fd> namespaces,
    EtcFiles etc,
    Map<String, byte[]> files,
    Map<String, Fd> volumes,
    int rows,
    int columns) {
  public StartInputs {
    namespaces = Map.copyOf(namespaces);
    files = Map.copyOf(files);
    volumes = Map.copyOf(volumes);
  }

  /** A start without secrets, configs and volumes with a file system of their own. */
  public StartInputs(
      Keeper keeper, int run, Map<String, Fd> namespaces, EtcFiles etc, int rows, int columns) {
    this(keeper, run, namespaces, etc, Map.of(), Map.of(), rows, columns);
  }
}
