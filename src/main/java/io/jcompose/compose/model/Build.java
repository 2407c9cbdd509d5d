package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How an image is built.
 *
 * @param context an absolute directory, or the URL of an archive or a repository
 * @param remote whether the context is a URL
 * @param dockerfile relative to the context or absolute; {@code Dockerfile} when not given; empty
 *     when it is inline
 * @param dockerfileInline its text
 * @param target the stage; empty: the last
 * @param args build arguments; an empty value: named without one and not set by the caller
 * @param labels of the image
 * @param tags further names of the image
 * @param platforms to build for; empty: the service's or the host's
 * @param additionalContexts name → absolute directory, URL, {@code service:NAME} or {@code
 *     docker-image://…}
 * @param secrets for {@code RUN --mount=type=secret}; the target is an id here
 * @param ssh for {@code RUN --mount=type=ssh}: id → paths of keys, or that of a socket; none: the
 *     caller's agent
 * @param cacheFrom where to take a cache from
 * @param cacheTo where to put it
 * @param noCache whether the cache is not read
 * @param pull whether base images are pulled again
 * @param network of RUN: {@code host}, {@code none} or a network's name
 * @param extraHosts lines of /etc/hosts of RUN
 * @param shmSize bytes of /dev/shm of RUN
 * @param ulimits of RUN
 * @param privileged everything allowed to RUN
 * @param entitlements of the builder
 * @param isolation Windows only
 * @param provenance as written; empty: the builder's default
 * @param sbom as written; empty: the builder's default
 */
public record Build(
    String context,
    boolean remote,
    Optional<String> dockerfile,
    Optional<String> dockerfileInline,
    Optional<String> target,
    Map<String, Optional<String>> args,
    Map<String, String> labels,
    List<String> tags,
    List<String> platforms,
    Map<String, String> additionalContexts,
    List<FileRef> secrets,
    Map<String, List<String>> ssh,
    List<String> cacheFrom,
    List<String> cacheTo,
    boolean noCache,
    boolean pull,
    Optional<String> network,
    List<HostEntry> extraHosts,
    OptionalLong shmSize,
    Map<String, Ulimit> ulimits,
    boolean privileged,
    List<String> entitlements,
    Optional<String> isolation,
    Optional<String> provenance,
    Optional<String> sbom) {

  public Build {
    args = Maps.sorted(args);
    labels = Maps.sorted(labels);
    tags = List.copyOf(tags);
    platforms = List.copyOf(platforms);
    additionalContexts = Maps.sorted(additionalContexts);
    secrets = List.copyOf(secrets);
    ssh = Maps.ordered(ssh);
    cacheFrom = List.copyOf(cacheFrom);
    cacheTo = List.copyOf(cacheTo);
    extraHosts = List.copyOf(extraHosts);
    ulimits = Maps.sorted(ulimits);
    entitlements = List.copyOf(entitlements);
  }

  /** The Dockerfile in this directory, with everything else at its default. */
  public static Build in(String context) {
    return new Build(
        context,
        false,
        Optional.of("Dockerfile"),
        Optional.empty(),
        Optional.empty(),
        Map.of(),
        Map.of(),
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        Map.of(),
        List.of(),
        List.of(),
        false,
        false,
        Optional.empty(),
        List.of(),
        OptionalLong.empty(),
        Map.of(),
        false,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
