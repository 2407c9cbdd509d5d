package io.jcompose.container;

import io.jcompose.container.security.KernelVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is the same for all containers of this host.
 *
 * @param lastCapability the kernel's cap_last_cap
 * @param osArch the machine, as the JVM names it
 * @param thermal existing /sys/devices/system/cpu/cpuN/thermal_throttle
 */
public record HostFacts(
    int lastCapability, KernelVersion kernel, String osArch, List<String> thermal) {
  public HostFacts {
    thermal = List.copyOf(thermal);
  }

  /** Reads them from /proc and /sys. */
  public static HostFacts read() {
    try {
      int last = Integer.parseInt(Files.readString(Path.of("/proc/sys/kernel/cap_last_cap")).strip());
      String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
      return new HostFacts(
          last, KernelVersion.parse(release), System.getProperty("os.arch"), thermalFolders());
    } catch (IOException e) {
      throw new UncheckedIOException("the kernel's facts in /proc cannot be read; is it mounted?", e);
    }
  }

  private static List<String> thermalFolders() throws IOException {
    List<String> found = new ArrayList<>();
    Path cpus = Path.of("/sys/devices/system/cpu");
    if (Files.isDirectory(cpus)) {
      try (var stream = Files.newDirectoryStream(cpus, "cpu[0-9]*")) {
        for (Path cpu : stream) {
          Path throttle = cpu.resolve("thermal_throttle");
          if (Files.isDirectory(throttle)) {
            found.add(throttle.toString());
          }
        }
      }
    }
    found.sort(null);
    return found;
  }
}
