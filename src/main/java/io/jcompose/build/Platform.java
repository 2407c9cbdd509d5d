package io.jcompose.build;

import io.jcompose.image.ImageConfig;
import java.util.Map;
import java.util.Set;

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
