package io.jcompose.engine;

import io.jcompose.build.BuildException;
import io.jcompose.build.BuildRequest;
import io.jcompose.build.Builder;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.linux.Trees;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Changes an image's configuration by instructions of a Dockerfile, as {@code commit -c} does. */
final class ConfigChanges {
  private static final Set<String> ALLOWED =
      Set.of(
          "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME",
          "WORKDIR");
  private final ImageStore store;
  private final Builder builder;

  ConfigChanges(ImageStore store, Builder builder) {
    this.store = store;
    this.builder = builder;
  }

  /** Refuses what would change files. */
  void check(List<String> changes) {
    for (String change : changes) {
      String word = change.strip().split("\\s+", 2)[0].toUpperCase(Locale.ROOT);
      if (!ALLOWED.contains(word) || change.contains("\n")) {
        throw new EngineException(
            "invalid change \"" + change + "\": it is one of " + String.join(", ", new java.util.TreeSet<>(ALLOWED))
                + " with its arguments");
      }
    }
  }

  /** Adds an image with the configuration that {@code changes} make of {@code config}. */
  Image add(
      ImageConfig config,
      List<Descriptor> layers,
      Map<String, String> annotations,
      Optional<ImageReference> name,
      List<String> changes) {
    if (changes.isEmpty()) {
      return store.add(config, layers, annotations, name);
    }
    Image plain = store.add(config, layers, annotations, Optional.empty());
    Path context = store.layers().newWorkArea();
    try {
      String file = "FROM unchanged\n" + String.join("\n", changes) + "\n";
      Image changed = builder.build(BuildRequest.of(context, _ -> plain).withInline(file));
      ImageConfig whole =
          changed.config().toBuilder().created(config.created()).replaceFiles(config.diffIds(), config.history()).build();
      Image result = store.add(whole, layers, annotations, name);
      for (Image intermediate : List.of(changed, plain)) {
        if (!intermediate.id().equals(result.id())) {
          store.remove(intermediate.id().toString(), true, _ -> Optional.empty());
        }
      }
      return result;
    } catch (BuildException e) {
      store.remove(plain.id().toString(), true, _ -> Optional.empty());
      throw new EngineException(e.getMessage(), e);
    } finally {
      Trees.delete(context);
    }
  }
}
