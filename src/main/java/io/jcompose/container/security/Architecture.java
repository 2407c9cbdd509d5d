package io.jcompose.container.security;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A system call ABI: its audit number (linux/audit.h) and its table of calls. */
enum Architecture {
  X86_64("amd64", "SCMP_ARCH_X86_64", 0xc000003e, "x86_64"),
  I386("x86", "SCMP_ARCH_X86", 0x40000003, "i386"),
  AARCH64("arm64", "SCMP_ARCH_AARCH64", 0xc00000b7, "aarch64");

  /** The name in the includes and excludes of a profile. */
  final String profileName;

  /** The name in the architecture lists of a profile. */
  final String seccompName;

  final int auditNumber;
  private final String tableName;
  private Map<String, Integer> table = Map.of();

  Architecture(String profileName, String seccompName, int auditNumber, String tableName) {
    this.profileName = profileName;
    this.seccompName = seccompName;
    this.auditNumber = auditNumber;
    this.tableName = tableName;
  }

  /** Of the machine, by the name that the JVM gives it. */
  static Architecture of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      default -> throw new IllegalArgumentException("containers cannot run on a " + osArch + " machine");
    };
  }

  /** Numbers of the system calls by name; read once, on first use. */
  synchronized Map<String, Integer> syscalls() {
    if (table.isEmpty()) {
      table = load();
    }
    return table;
  }

  private Map<String, Integer> load() {
    try (InputStream in = Architecture.class.getResourceAsStream("syscalls-" + tableName + ".txt")) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its table of system calls for " + tableName);
      }
      Map<String, Integer> numbers = new HashMap<>();
      new String(in.readAllBytes(), StandardCharsets.US_ASCII)
          .lines()
          .map(line -> line.split(" "))
          .forEach(parts -> numbers.put(parts[1], Integer.valueOf(parts[0])));
      return Map.copyOf(numbers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
