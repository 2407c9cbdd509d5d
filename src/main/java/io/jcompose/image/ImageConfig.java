package io.jcompose.image;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An image's configuration (OCI image specification, config.md, and Docker's additions to it).
 * Absent texts are empty, absent lists are empty. What it says is input for the container, never
 * trusted on the host.
 *
 * @param created RFC 3339, or empty
 * @param exposedPorts as {@code 80/tcp}
 * @param stopSignal as {@code SIGTERM} or a number, or empty
 * @param shell for shell forms in a Dockerfile; empty stands for {@code /bin/sh -c}
 * @param diffIds digests of the uncompressed layers, the lowest first
 */
public record ImageConfig(
    String architecture,
    String os,
    String variant,
    String created,
    String author,
    List<String> env,
    List<String> cmd,
    List<String> entrypoint,
    String user,
    String workingDir,
    SortedSet<String> volumes,
    SortedSet<String> exposedPorts,
    String stopSignal,
    Optional<ImageHealthcheck> healthcheck,
    Map<String, String> labels,
    List<String> shell,
    List<String> onBuild,
    List<Digest> diffIds,
    List<History> history) {

  /** How one layer, or a change of the configuration alone, came to be. */
  public record History(
      String created, String createdBy, String author, String comment, boolean emptyLayer) {}

  /** A configuration without anything, for the platform {@code os/architecture}. */
  public static ImageConfig empty(String architecture, String os) {
    return new ImageConfig(
        architecture,
        os,
        "",
        "",
        "",
        List.of(),
        List.of(),
        List.of(),
        "",
        "",
        new TreeSet<>(),
        new TreeSet<>(),
        "",
        Optional.empty(),
        Map.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /** Reads a config blob of at most 4 MiB. */
  public static ImageConfig parse(byte[] json) {
    return ImageConfigJson.read(json);
  }

  /** The config blob: the same configuration always gives the same bytes. */
  public byte[] toJson() {
    return ImageConfigJson.write(this);
  }

  /** Starts a changed copy. */
  public ImageConfigBuilder toBuilder() {
    return new ImageConfigBuilder(this);
  }

  /** GOARCH's name for the machine that this JVM runs on: amd64, arm64. */
  public static String hostArchitecture() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      case String other -> other;
    };
  }
}
