package io.jcompose.volume;

import java.util.List;

/**
 * What volumes held at one moment.
 *
 * @param name as a volume's name
 * @param project whose volumes these are; empty: of no single project
 * @param created milliseconds since the epoch
 * @param volumes as they were described then
 */
public record Snapshot(String name, String project, long created, List<Volume> volumes) {
  public Snapshot {
    volumes = List.copyOf(volumes);
  }

  /** Whether it holds the data of the volume {@code name}. */
  public boolean has(String volume) {
    return volumes.stream().anyMatch(v -> v.name().equals(volume));
  }
}
