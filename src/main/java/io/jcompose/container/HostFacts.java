package io.jcompose.container;

import io.jcompose.container.security.Capabilities;
import io.jcompose.container.security.KernelVersion;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is the same for all containers of this host.
 *
 * @param capabilities mask of those that this host can give: known to the kernel, and jcompose's own
 * @param osArch the machine, as the JVM names it
 * @param thermal existing /sys/devices/system/cpu/cpuN/thermal_throttle
 */
public record HostFacts(
    long capabilities, KernelVersion kernel, String osArch, List<String> thermal) {
  public HostFacts {
    thermal = List.copyOf(thermal);
  }

  /** Reads them from /proc and /sys. */
  public static HostFacts read() {
    try {
      int last = Integer.parseInt(sysctl("/proc/sys/kernel/cap_last_cap"));
      long capabilities = Capabilities.all(last) & own("CapPrm") & own("CapBnd");
      String release = sysctl("/proc/sys/kernel/osrelease");
      return new HostFacts(
          capabilities, KernelVersion.parse(release), System.getProperty("os.arch"), thermalFolders());
    } catch (IOException | LinuxException e) {
      throw new IllegalStateException("the kernel's facts in /proc cannot be read; is it mounted?", e);
    }
  }

  /** A capability set of this process. */
  private static long own(String set) throws IOException {
    String start = set + ":\t";
    return Files.readString(Path.of("/proc/self/status"))
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToLong(line -> Long.parseLong(line.substring(start.length()), 16))
        .findFirst()
        .orElseThrow(() -> new IOException("/proc/self/status has no " + set));
  }

  /** In one read: a number below /proc/sys ends after the first, however short that was. */
  private static String sysctl(String path) {
    byte[] buffer = new byte[256];
    try (Fd fd = Fs.open(path, Fs.O_RDONLY, 0)) {
      int length = Fs.read(fd, buffer);
      return new String(buffer, 0, length, StandardCharsets.US_ASCII).strip();
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
