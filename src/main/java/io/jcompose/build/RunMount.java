package io.jcompose.build;

import io.jcompose.nearest.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A {@code --mount} of a RUN, parsed and checked; {@code from} empty stands for the context. */
record RunMount(
    Type type,
    String id,
    String target,
    String source,
    Optional<String> from,
    boolean readOnly,
    boolean required,
    String env,
    Sharing sharing,
    int mode,
    int uid,
    int gid,
    long size,
    Text at) {

  enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH
  }

  enum Sharing {
    SHARED,
    PRIVATE,
    LOCKED
  }

  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "bind", Set.of("type", "target", "source", "from", "readonly"),
          "cache",
              Set.of(
                  "type",
                  "id",
                  "target",
                  "readonly",
                  "sharing",
                  "from",
                  "source",
                  "mode",
                  "uid",
                  "gid"),
          "tmpfs", Set.of("type", "target", "size"),
          "secret",
              Set.of("type", "id", "source", "target", "env", "required", "mode", "uid", "gid"),
          "ssh", Set.of("type", "id", "target", "required", "mode", "uid", "gid"));
  private static final Map<String, String> MODES = Map.of("secret", "0400", "ssh", "0600");
  private static final Map<String, String> ALIASES =
      Map.of("dst", "target", "destination", "target", "src", "source", "ro", "readonly");

  /**
   * Parses {@code type=cache,target=/x,…}; {@code expand} replaces variables in values; {@code
   * number} counts the mounts of the step, from 0.
   */
  static RunMount parse(RawInstruction.Flag flag, int number, UnaryOperator<String> expand) {
    Text at = flag.at();
    Map<String, String> values = new HashMap<>();
    for (String part : fields(flag.value())) {
      int equals = part.indexOf('=');
      String written =
          (equals < 0 ? part : part.substring(0, equals)).strip().toLowerCase(Locale.ROOT);
      String value = equals < 0 ? "true" : part.substring(equals + 1).strip();
      String key = ALIASES.getOrDefault(written, written);
      if (written.equals("rw") || written.equals("readwrite")) {
        key = "readonly";
        value = value.equals("true") ? "false" : "true";
      }
      if (key.equals("from") && value.contains("$")) {
        throw at.error(
            "from= can't hold a variable; name the image as a stage first: FROM … AS name");
      }
      if (values.put(key, key.equals("from") ? value : expand.apply(value)) != null) {
        throw at.error("the key \"" + written + "\" is given twice");
      }
    }
    return of(values, number, at);
  }

  /** Comma-separated values, a field in double quotes as a whole (RFC 4180). */
  private static List<String> fields(String text) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (char c : text.toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  private static RunMount of(Map<String, String> values, int number, Text at) {
    String type = values.getOrDefault("type", "bind").toLowerCase(Locale.ROOT);
    Set<String> known = KEYS.get(type);
    if (known == null) {
      throw at.error(
          "unknown mount type \"" + type + "\"" + Nearest.suggestion(type, KEYS.keySet()));
    }
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw at.error(
            "a mount of type "
                + type
                + " has no key \""
                + key
                + "\""
                + Nearest.suggestion(key, known));
      }
    }
    boolean secret = type.equals("secret");
    String id = values.containsKey("id") ? values.get("id") : defaultId(values, type, at);
    String env = values.getOrDefault("env", "");
    String target =
        values.getOrDefault("target", secret && env.isEmpty() ? "/run/secrets/" + id : "");
    if (type.equals("ssh") && target.isEmpty()) {
      target = "/run/buildkit/ssh_agent." + number;
    }
    if (type.equals("bind") && target.isEmpty()) {
      target = "."; // the working directory
    }
    if (target.isEmpty() && env.isEmpty()) {
      throw at.error("a mount of type " + type + " needs a target");
    }
    return new RunMount(
        Type.valueOf(type.toUpperCase(Locale.ROOT)),
        id,
        target,
        values.getOrDefault("source", secret ? "" : "/"),
        Optional.ofNullable(values.get("from")),
        bool(values, "readonly", type.equals("bind"), at),
        bool(values, "required", false, at),
        env,
        sharing(values.getOrDefault("sharing", "shared"), at),
        number(values.getOrDefault("mode", MODES.getOrDefault(type, "0755")), 8, at),
        number(values.getOrDefault("uid", "0"), 10, at),
        number(values.getOrDefault("gid", "0"), 10, at),
        ByteSize.parse(values.getOrDefault("size", "0"), at),
        at);
  }

  private static String defaultId(Map<String, String> values, String type, Text at) {
    if (type.equals("ssh")) {
      return "default";
    }
    if (!type.equals("secret")) {
      return values.getOrDefault("target", "");
    }
    String path = values.getOrDefault("source", values.getOrDefault("target", ""));
    if (path.isEmpty()) {
      throw at.error("a secret needs an id, a source or a target");
    }
    return RawPath.base(path);
  }

  private static boolean bool(Map<String, String> values, String key, boolean otherwise, Text at) {
    return switch (values.getOrDefault(key, Boolean.toString(otherwise)).toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw at.error("\"" + key + "\" is true or false");
    };
  }

  private static Sharing sharing(String value, Text at) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "shared" -> Sharing.SHARED;
      case "private" -> Sharing.PRIVATE;
      case "locked" -> Sharing.LOCKED;
      default -> throw at.error("sharing is shared, private or locked, not \"" + value + "\"");
    };
  }

  private static int number(String value, int radix, Text at) {
    try {
      int number = Integer.parseInt(value, radix);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw at.error("\"" + value + "\" is not a number");
    }
    throw at.error("\"" + value + "\" is negative");
  }
}
