package io.jcompose.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.volume.Snapshots;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The volumes of a Docker data root: {@code volumes/<name>/_data}, and {@code opts.json} beside it where the driver got
 * options. Docker keeps their labels in a data base of its own, which is not read.
 */
public final class DockerVolumes {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String DATA = "_data";
  private final Volumes volumes;

  DockerVolumes(Volumes volumes) {
    this.volumes = volumes;
  }

  /**
   * Copies volumes, all of them or none; those of Docker stay as they are.
   *
   * @param root such as /var/lib/docker
   * @param names empty: all that are there
   * @return the names of what was made
   */
  public List<String> copy(Path root, List<String> names) {
    Path folder = root.resolve("volumes");
    Map<Volume, Volumes.Content> contents = new LinkedHashMap<>();
    Map<String, Volume> described = new TreeMap<>();
    for (String name : names.isEmpty() ? all(folder) : names) {
      Path home = folder.resolve(name);
      if (name.contains("/") || name.startsWith(".") || !Files.isDirectory(home.resolve(DATA))) {
        throw new EngineException("Docker has no volume \"" + name + "\" in " + folder);
      }
      if (volumes.find(name).isPresent()) {
        throw new EngineException("there is a volume \"" + name + "\" already; remove it, or name those to import");
      }
      Volume volume =
          new Volume(
              name, options(home.resolve("opts.json")), Map.of(), "", "", Map.of(), false, System.currentTimeMillis());
      if (volume.options().isEmpty()) {
        contents.put(volume, Snapshots.copyOf(home.resolve(DATA)));
      } else {
        described.put(name, volume); // its data are elsewhere
      }
    }
    if (!contents.isEmpty()) {
      volumes.replace(contents);
    }
    described.values().forEach(volumes::create);
    return Stream.concat(contents.keySet().stream().map(Volume::name), described.keySet().stream()).toList();
  }

  private static List<String> all(Path folder) {
    TreeSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> homes = Files.newDirectoryStream(folder, home -> Files.isDirectory(home.resolve(DATA)))) {
      homes.forEach(home -> names.add(home.getFileName().toString()));
    } catch (IOException e) {
      throw new EngineException(folder + " cannot be read; is its parent the data root of a Docker?", e);
    }
    return List.copyOf(names);
  }

  private static Map<String, String> options(Path file) {
    Map<String, String> options = new TreeMap<>();
    if (Files.exists(file)) {
      try {
        JsonNode read = MAPPER.readTree(file.toFile());
        put(options, "type", read.path("MountType").asText(""));
        put(options, "o", read.path("MountOpts").asText(""));
        put(options, "device", read.path("MountDevice").asText(""));
      } catch (IOException e) {
        throw new EngineException(file + " cannot be read: " + e.getMessage(), e);
      }
    }
    return options;
  }

  private static void put(Map<String, String> options, String key, String value) {
    if (!value.isEmpty()) {
      options.put(key, value);
    }
  }
}
