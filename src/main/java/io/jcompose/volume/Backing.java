package io.jcompose.volume;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What lies behind a volume: by the options of the driver {@code local}, which are those of Docker's. */
public sealed interface Backing {
  /** A folder of the engine's own. */
  record Own(Path path) implements Backing {}

  /** A folder of the host's, which the engine never removes. */
  record HostFolder(Path path, boolean readOnly) implements Backing {}

  /**
   * A file system that is mounted while a container uses it.
   *
   * @param options as mount(8) takes them
   */
  record FileSystem(String type, String device, String options) implements Backing {}

  Set<String> KEYS = Set.of("type", "o", "device");

  /**
   * @param own the folder that it has without options
   */
  static Backing of(Volume volume, Path own) {
    Map<String, String> options = volume.options();
    if (options.isEmpty()) {
      return new Own(own);
    }
    for (String key : options.keySet()) {
      if (!KEYS.contains(key)) {
        throw wrong(
            volume,
            key.equals("size")
                ? "size: folders have no quota here; type: tmpfs with o: size=… has a limit"
                : "invalid option: \"" + key + "\"; there are type, o and device");
      }
    }
    String type = options.getOrDefault("type", "none");
    String device = options.getOrDefault("device", "");
    List<String> words = Arrays.stream(options.getOrDefault("o", "").split(",")).map(String::strip).toList();
    if (device.isEmpty()) {
      throw wrong(volume, "missing device in volume options");
    }
    if (words.contains("bind") || words.contains("rbind")) {
      if (!device.startsWith("/")) {
        throw wrong(volume, "device " + device + " is not an absolute path");
      }
      return new HostFolder(Path.of(device), words.contains("ro"));
    }
    if (type.equals("none") || type.equals("bind")) {
      throw wrong(volume, "driver_opts say no type; a folder of the host is type: none, o: bind, device: /path");
    }
    return new FileSystem(type, device, options.getOrDefault("o", ""));
  }

  private static VolumeException wrong(Volume volume, String what) {
    return new VolumeException("volume " + volume.name() + ": " + what);
  }
}
