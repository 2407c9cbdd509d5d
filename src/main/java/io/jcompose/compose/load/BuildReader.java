package io.jcompose.compose.load;

import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.HostEntry;
import io.jcompose.compose.model.Ulimit;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes a build's record of its canonical tree, and the parts that services share with it. */
final class BuildReader {

  private BuildReader() {}

  /**
   * Reads.
   *
   * @param directory the context of one that is given none
   */
  static Build read(View build, Path directory) {
    String context = build.text("context").orElse(directory.toString());
    return new Build(
        context,
        PathResolver.isRemote(context),
        build.has("dockerfile_inline")
            ? build.text("dockerfile")
            : build.text("dockerfile").or(() -> Optional.of("Dockerfile")),
        build.text("dockerfile_inline"),
        build.text("target"),
        build.variables("args"),
        build.labels("labels"),
        build.texts("tags"),
        build.texts("platforms"),
        build.labels("additional_contexts"),
        build.list("secrets", s -> fileRef(s, "")),
        ssh(build),
        build.texts("cache_from"),
        build.texts("cache_to"),
        build.flag("no_cache"),
        build.flag("pull"),
        build.text("network"),
        hosts(build),
        build.number("shm_size"),
        ulimits(build),
        build.flag("privileged"),
        build.texts("entitlements"),
        build.text("isolation"),
        build.text("provenance"),
        build.text("sbom"));
  }

  private static Map<String, List<String>> ssh(View build) {
    Map<String, List<String>> keys = new HashMap<>();
    for (String entry : build.texts("ssh")) {
      int equals = entry.indexOf('=');
      String paths = equals < 0 ? "" : entry.substring(equals + 1);
      keys.put(
          equals < 0 ? entry : entry.substring(0, equals),
          paths.isEmpty() ? List.of() : List.of(paths.split(",")));
    }
    return keys;
  }

  static List<HostEntry> hosts(View owner) {
    return owner.texts("extra_hosts").stream()
        .map(
            line -> {
              int equals = line.indexOf('=');
              return new HostEntry(line.substring(0, equals), line.substring(equals + 1));
            })
        .toList();
  }

  static Map<String, Ulimit> ulimits(View owner) {
    Map<String, Ulimit> ulimits = new HashMap<>();
    View limits = owner.view("ulimits");
    for (Map.Entry<String, Node> e : limits.map().entries().entrySet()) {
      if (e.getValue() instanceof MapNode) {
        View limit = limits.view(e.getKey());
        long soft = limit.number("soft").orElse(0);
        ulimits.put(e.getKey(), new Ulimit(soft, limit.number("hard").orElse(soft)));
      } else if (e.getValue() instanceof Scalar) {
        long both = limits.number(e.getKey()).orElse(0);
        ulimits.put(e.getKey(), new Ulimit(both, both));
      }
    }
    return ulimits;
  }

  /** A use of a secret or config; its default target is this directory and its name. */
  static FileRef fileRef(View ref, String directory) {
    String source = ref.text("source").orElse("");
    String target = ref.text("target").orElse(source);
    boolean absolute = target.startsWith("/") || directory.isEmpty();
    return new FileRef(
        source,
        absolute ? target : directory + target,
        ref.text("uid"),
        ref.text("gid"),
        ref.mode("mode"));
  }
}
