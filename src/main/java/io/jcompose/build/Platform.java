package io.jcompose.build;

import io.jcompose.image.ImageConfig;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a build knows of the machine: the automatic ARGs, and the proxy ARGs that need no
 * declaration.
 */
final class Platform {
  static final Set<String> PROXIES =
      Set.of(
          "HTTP_PROXY",
          "http_proxy",
          "HTTPS_PROXY",
          "https_proxy",
          "FTP_PROXY",
          "ftp_proxy",
          "NO_PROXY",
          "no_proxy",
          "ALL_PROXY",
          "all_proxy");

  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Platform() {}

  /** Arguments that are given to every build: proxies, and those that speak to the builder. */
  static boolean needsNoDeclaration(String name) {
    return PROXIES.contains(name) || name.startsWith("BUILDKIT_") || name.equals("SOURCE_DATE_EPOCH");
  }

  /**
   * Fails unless {@code wanted}, {@code os/architecture[/variant]} or an architecture alone, is what
   * this machine runs.
   */
  static void check(String wanted, Function<String, BuildException> error) {
    if (!wanted.equals("local") && !isHere(wanted)) {
      throw error.apply(
          "the platform " + wanted + " can't be built here: this machine is " + name());
    }
  }

  private static boolean isHere(String wanted) {
    try {
      var platform = io.jcompose.image.registry.Platform.parse(wanted);
      return name().equals(platform.os() + "/" + platform.architecture());
    } catch (io.jcompose.image.ImageException e) {
      return false; // several of them, say
    }
  }

  static String name() {
    return "linux/" + ImageConfig.hostArchitecture();
  }

  static Map<String, String> automaticArgs(String targetStage) {
    String architecture = ImageConfig.hostArchitecture();
    return Map.of(
        "TARGETPLATFORM",
        name(),
        "TARGETOS",
        "linux",
        "TARGETARCH",
        architecture,
        "TARGETVARIANT",
        "",
        "BUILDPLATFORM",
        name(),
        "BUILDOS",
        "linux",
        "BUILDARCH",
        architecture,
        "BUILDVARIANT",
        "",
        "TARGETSTAGE",
        targetStage);
  }
}
