package io.jcompose.engine;

import io.jcompose.build.BuildFiles;
import io.jcompose.build.RunSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * An image to be built, wherever the wish comes from: a service's build section or a command line.
 *
 * @param title how progress calls it
 * @param dockerfile absolute for a folder's files, relative for files from elsewhere; ignored when
 *     {@code inline} is given
 * @param contexts names of further contexts: folders, addresses, {@code docker-image://NAME}, {@code
 *     oci-layout://…}, {@code service:NAME}
 * @param ssh by id the path of an agent's socket, or those of key files; none: the caller's agent
 * @param tags names of the image, the first one first
 * @param pull whether base images are pulled again
 */
record ImageBuildOrder(
    String title,
    BuildFiles files,
    Path dockerfile,
    Optional<String> inline,
    Optional<String> target,
    Map<String, String> arguments,
    Map<String, String> contexts,
    Map<String, Supplier<byte[]>> secrets,
    Map<String, List<String>> ssh,
    Map<String, String> labels,
    Map<String, String> annotations,
    List<String> tags,
    boolean noCache,
    Set<String> noCacheStages,
    boolean pull,
    Optional<String> platform,
    RunSettings run,
    Caches caches) {
  /**
   * Caches outside of the data root, as Compose files write them.
   *
   * @param directory of relative paths
   */
  record Caches(List<String> from, List<String> to, Path directory) {}
}
