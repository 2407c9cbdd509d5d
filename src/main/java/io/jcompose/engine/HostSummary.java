package io.jcompose.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What machine this is, for whoever asks.
 *
 * @param kernel its release
 * @param system what the distribution calls itself; empty if it doesn't say
 * @param machine as uname(1) has it
 * @param memory bytes; 0 if the kernel doesn't say
 */
public record HostSummary(String name, String kernel, String system, String machine, int processors, long memory) {
  /** Reads it from /proc and /etc. */
  public static HostSummary read() {
    String machine = System.getProperty("os.arch");
    return new HostSummary(
        text("/proc/sys/kernel/hostname").strip(),
        text("/proc/sys/kernel/osrelease").strip(),
        value(text("/etc/os-release"), "PRETTY_NAME=").replace("\"", ""),
        machine.equals("amd64") ? "x86_64" : machine,
        Runtime.getRuntime().availableProcessors(),
        kibibytes(value(text("/proc/meminfo"), "MemTotal:")) * 1024);
  }

  private static long kibibytes(String text) {
    String digits = text.replaceAll("\\D", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }

  private static String value(String text, String key) {
    return text.lines().filter(line -> line.startsWith(key)).findFirst().map(l -> l.substring(key.length())).orElse("");
  }

  private static String text(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      // Not every host has each of these.
      return "";
    }
  }
}
