package io.jcompose.build;

import io.jcompose.image.ImageConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The variables at one point of a stage: ARGs declared so far, and over them the environment. */
final class Scope {
  private final Map<String, String> given;
  private final Map<String, String> globals;
  private final Map<String, String> args;

  /**
   * {@code given} are the caller's build arguments, {@code globals} the ARGs before the first FROM.
   */
  Scope(Map<String, String> given, Map<String, String> globals) {
    this(given, globals, Map.of());
  }

  /** A stage that begins with another one has its ARGs. */
  Scope(Map<String, String> given, Map<String, String> globals, Map<String, String> inherited) {
    this.given = given;
    this.globals = globals;
    this.args = new TreeMap<>(inherited);
  }

  Map<String, String> args() {
    return args;
  }

  void declare(String name, Optional<String> otherwise) {
    Optional<String> value =
        Optional.ofNullable(given.get(name))
            .or(() -> otherwise)
            .or(() -> Optional.ofNullable(globals.get(name)));
    value.ifPresentOrElse(v -> args.put(name, v), () -> args.remove(name));
  }

  Optional<String> lookup(String name, ImageConfig config) {
    return Optional.ofNullable(environment(config).get(name))
        .or(() -> Optional.ofNullable(args.get(name)));
  }

  private static Map<String, String> environment(ImageConfig config) {
    Map<String, String> env = new HashMap<>();
    for (String entry : config.env()) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        env.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
    return env;
  }

  /** The environment of a RUN: ARGs, the image's variables over them, and a PATH in any case. */
  List<String> runEnvironment(ImageConfig config) {
    Map<String, String> env = environment(config);
    List<String> result = new ArrayList<>();
    args.forEach(
        (name, value) -> {
          if (!env.containsKey(name)) {
            result.add(name + "=" + value);
          }
        });
    result.addAll(config.env());
    if (!env.containsKey("PATH") && !args.containsKey("PATH")) {
      result.add("PATH=" + Platform.DEFAULT_PATH);
    }
    return result;
  }
}
