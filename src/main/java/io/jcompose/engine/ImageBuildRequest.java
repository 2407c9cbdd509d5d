package io.jcompose.engine;

import io.jcompose.build.BuildFiles;
import io.jcompose.build.RunSettings;
import io.jcompose.container.Ulimit;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A command line that asks for an image.
 *
 * @param directory of the caller
 * @param context a folder, an address, or {@code -} for what comes on standard input
 * @param dockerfile path, {@code -} for standard input, empty for the context's own
 * @param input standard input
 * @param contexts further ones by name
 * @param ssh by id the path of an agent's socket, or those of key files; none: the caller's agent
 * @param annotations of the manifest
 * @param network default, none or host
 * @param extraHosts {@code name:address}
 * @param shmSize bytes, 0 for the default
 * @param ulimits {@code name=soft[:hard]}
 * @param allowed entitlements
 * @param cacheFrom caches to learn from, {@code type=…,key=value} or an image's name
 * @param cacheTo caches to write
 */
public record ImageBuildRequest(
    Path directory,
    String context,
    String dockerfile,
    Supplier<InputStream> input,
    String target,
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
    String platform,
    String network,
    List<String> extraHosts,
    long shmSize,
    List<String> ulimits,
    List<String> allowed,
    List<String> cacheFrom,
    List<String> cacheTo) {
  private static final String STANDARD_INPUT = "-";
  private static final int LARGEST_DOCKERFILE = 4 << 20;

  ImageBuildOrder order() {
    boolean fromInput = context.equals(STANDARD_INPUT);
    boolean textFromInput = dockerfile.equals(STANDARD_INPUT);
    if (fromInput && textFromInput) {
      throw new EngineException("the context and the Dockerfile can't both come from standard input");
    }
    BuildFiles files =
        fromInput
            ? new BuildFiles.Stream(input)
            : BuildFiles.isAddress(context)
                ? new BuildFiles.Address(context)
                : new BuildFiles.Folder(directory.resolve(context).normalize());
    return new ImageBuildOrder(
        tags.isEmpty() ? context : tags.getFirst(),
        files,
        file(files),
        textFromInput ? Optional.of(text()) : Optional.empty(),
        Optional.of(target).filter(text -> !text.isEmpty()),
        arguments,
        contexts.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> LayoutContext.absolute(e.getValue(), directory))),
        secrets,
        ssh,
        labels,
        annotations,
        tags,
        noCache,
        noCacheStages,
        pull,
        Optional.of(platform).filter(text -> !text.isEmpty()),
        new RunSettings(
            network.isEmpty() ? "default" : network,
            extraHosts.stream().map(ImageBuildRequest::host).toList(),
            shmSize,
            limits(),
            false,
            ServiceBuild.entitlements(allowed),
            Optional.empty()),
        new ImageBuildOrder.Caches(cacheFrom, cacheTo, directory));
  }

  /** A folder's own Dockerfile lies in it; one that is named lies where the caller is. */
  private Path file(BuildFiles files) {
    if (files instanceof BuildFiles.Folder folder) {
      return dockerfile.isEmpty() || dockerfile.equals(STANDARD_INPUT)
          ? folder.path().resolve("Dockerfile")
          : directory.resolve(dockerfile).normalize();
    }
    return Path.of(dockerfile.isEmpty() || dockerfile.equals(STANDARD_INPUT) ? "Dockerfile" : dockerfile);
  }

  private String text() {
    try (InputStream in = input.get()) {
      return new String(in.readNBytes(LARGEST_DOCKERFILE + 1), java.nio.charset.StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new EngineException("the Dockerfile can't be read from standard input: " + e.getMessage(), e);
    }
  }

  private static String host(String text) {
    int at = text.indexOf('=') > 0 ? text.indexOf('=') : text.indexOf(':');
    if (at <= 0 || at == text.length() - 1) {
      throw new EngineException("--add-host " + text + ": write NAME:ADDRESS");
    }
    return text.substring(0, at) + ":" + text.substring(at + 1);
  }

  private List<Ulimit> limits() {
    List<Ulimit> limits = new ArrayList<>();
    for (String text : ulimits) {
      String[] parts = text.split("[=:]");
      try {
        long soft = Long.parseLong(parts[1]);
        limits.add(new Ulimit(parts[0], soft, parts.length > 2 ? Long.parseLong(parts[2]) : soft));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new EngineException("--ulimit " + text + ": write NAME=SOFT[:HARD]", e);
      } catch (IllegalArgumentException e) {
        throw new EngineException("--ulimit " + text + ": " + e.getMessage(), e);
      }
    }
    return limits;
  }
}
