package io.jcompose.plan;

import io.jcompose.compose.model.Device;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.HostEntry;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.PortRange;
import io.jcompose.compose.model.RestartPolicy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** The values of {@link ConfigKeys} as text, written as a Compose file would. */
final class ConfigValues {
  private ConfigValues() {}

  /** Files are mounted, so their path counts; the rest is copied in, so its content does. */
  static String source(FileSource source) {
    return switch (source) {
      case FileSource.File file -> "file " + file.path();
      case FileSource.Variable variable ->
          "variable " + variable.variable() + " " + digest(variable.value().orElse(""));
      case FileSource.Content content -> "content " + digest(content.content());
      case FileSource.External _ -> "external";
      case FileSource.Driver driver -> "driver " + driver.driver();
    };
  }

  private static String digest(String text) {
    try {
      byte[] sha =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "sha256:" + HexFormat.of().formatHex(sha);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What tells an element of a list from its neighbours, so that inserting one changes one key. */
  static Optional<String> identity(Record element) {
    return switch (element) {
      case Mount mount -> Optional.of(mount.target());
      case FileRef file -> Optional.of(file.target());
      case Port port -> Optional.of(port.target() + "/" + port.protocol());
      case Device device -> Optional.of(device.target());
      case HostEntry host -> Optional.of(host.name());
      default -> Optional.empty();
    };
  }

  /** Where on the host; the names that a port can have are for people. */
  static String published(Port port) {
    return port.hostIp().map(ip -> ip + ":").orElse("")
        + port.published().map(PortRange::toString).orElse("any")
        + (port.mode().equals("ingress") ? "" : " (" + port.mode() + ")");
  }

  /** Reads back what {@link #published} wrote; empty where any free port will do. */
  static Optional<HostPorts> hostPorts(String published, String protocol) {
    String place = published.split(" ", 2)[0];
    int colon = place.lastIndexOf(':');
    String range = place.substring(colon + 1);
    if (range.equals("any")) {
      return Optional.empty();
    }
    String[] ends = range.split("-");
    return Optional.of(
        new HostPorts(
            colon < 0 ? "" : place.substring(0, colon),
            Integer.parseInt(ends[0]),
            Integer.parseInt(ends[ends.length - 1]),
            protocol));
  }

  static String type(Mount mount) {
    return switch (mount) {
      case Mount.Bind _ -> "bind";
      case Mount.Volume _ -> "volume";
      case Mount.Tmpfs _ -> "tmpfs";
      case Mount.Image _ -> "image";
      case Mount.Foreign foreign -> foreign.type();
    };
  }

  static String restart(RestartPolicy policy) {
    return policy.mode().word()
        + (policy.maxAttempts() > 0 ? ":" + policy.maxAttempts() : "")
        + policy.delay().map(d -> ", delay " + duration(d)).orElse("")
        + policy.window().map(d -> ", window " + duration(d)).orElse("");
  }

  /** As Compose files write it: {@code 1m30s}. */
  static String duration(Duration duration) {
    return duration.isZero()
        ? "0s"
        : duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  static String scalar(Object value) {
    return value instanceof String text ? "\"" + text + "\"" : value.toString();
  }
}
