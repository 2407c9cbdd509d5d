package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.FieldList;
import io.jcompose.engine.Invocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** Reads the flags that the two build commands share. */
final class BuildFlags {
  private static final Pattern ANNOTATION =
      Pattern.compile("(?:(?<types>(?:manifest|index|manifest-descriptor|index-descriptor)(?:,[a-z-]+)*):)?(?<name>[^=]+)=(?<value>.*)", Pattern.DOTALL);
  private final Invocation invocation;

  BuildFlags(Invocation invocation) {
    this.invocation = invocation;
  }

  /** {@code NAME=VALUE}; a name alone takes the caller's variable, and counts for nothing without one. */
  Map<String, String> arguments(List<String> given) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (String argument : given) {
      int equals = argument.indexOf('=');
      if (equals > 0) {
        arguments.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else if (invocation.environment().containsKey(argument)) {
        arguments.put(argument, invocation.environment().get(argument));
      }
    }
    return arguments;
  }

  /** {@code [TYPE,…:]NAME=VALUE}; an image for one platform has a manifest and no index. */
  Map<String, String> annotations(List<String> given) {
    Map<String, String> annotations = new LinkedHashMap<>();
    for (String each : given) {
      Matcher matcher = ANNOTATION.matcher(each);
      if (!matcher.matches() || matcher.group("name").startsWith("io.jcompose.")) {
        throw new EngineException("--annotation " + each + ": write NAME=VALUE");
      }
      String types = Optional.ofNullable(matcher.group("types")).orElse("manifest");
      if (!List.of(types.split(",")).contains("manifest")) {
        throw new EngineException("--annotation " + each + ": " + types + " annotations are not for an image of one platform; write manifest:NAME=VALUE");
      }
      annotations.put(matcher.group("name"), matcher.group("value"));
    }
    return annotations;
  }

  /** {@code default}, {@code ID} or {@code ID=SOCKET|KEY,KEY…}, to paths by id; none: the caller's agent. */
  Map<String, List<String>> ssh(List<String> given) {
    Map<String, List<String>> agents = new HashMap<>();
    for (String each : given) {
      int equals = each.indexOf('=');
      List<String> paths =
          Arrays.stream((equals < 0 ? "" : each.substring(equals + 1)).split(","))
              .filter(path -> !path.isEmpty())
              .map(path -> path(path).toString())
              .toList();
      agents.put(equals < 0 ? each : each.substring(0, equals), paths);
    }
    return agents;
  }

  /** {@code id=ID[,src=FILE|,env=NAME]}: read when a step asks for it. */
  Map<String, Supplier<byte[]>> secrets(List<String> given) {
    Map<String, Supplier<byte[]>> secrets = new HashMap<>();
    for (String each : given) {
      Map<String, String> fields = FieldList.parse(each);
      String id = fields.getOrDefault("id", "");
      if (id.isEmpty()) {
        throw new EngineException("--secret " + each + ": it needs an id, as in id=token,src=./token.txt");
      }
      secrets.put(id, secret(id, fields));
    }
    return secrets;
  }

  private Supplier<byte[]> secret(String id, Map<String, String> fields) {
    Map<String, String> environment = invocation.environment();
    Optional<String> source =
        Optional.ofNullable(fields.get("src")).or(() -> Optional.ofNullable(fields.get("source")));
    String type = fields.getOrDefault("type", "");
    Optional<String> variable =
        Optional.ofNullable(fields.get("env"))
            .or(() -> type.equals("env") ? source.or(() -> Optional.of(id)) : Optional.empty())
            .or(() -> source.isEmpty() && environment.containsKey(id) ? Optional.of(id) : Optional.empty());
    if (variable.isPresent()) {
      String value = environment.get(variable.get());
      if (value == null) {
        throw new EngineException("--secret " + id + ": the variable " + variable.get() + " is not set");
      }
      return () -> value.getBytes(StandardCharsets.UTF_8);
    }
    Path file = path(source.orElse(id));
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new EngineException("--secret " + id + ": the file " + file + " can't be read");
    }
    return () -> {
      try {
        return Files.readAllBytes(file);
      } catch (IOException e) {
        throw new EngineException("--secret " + id + ": the file " + file + " can't be read", e);
      }
    };
  }

  /** How progress is shown: as {@code given}, or as BUILDKIT_PROGRESS says; nothing if neither says. */
  Optional<String> progress(CommandSpec spec, String given) {
    String kind = given.isEmpty() ? invocation.environment().getOrDefault("BUILDKIT_PROGRESS", "") : given;
    if (kind.isEmpty()) {
      return Optional.empty();
    }
    Choice.check(spec, "--progress", kind, List.of("auto", "plain", "tty", "quiet", "json", "rawjson"));
    return Optional.of(kind.equals("rawjson") ? "plain" : kind);
  }

  Path path(String text) {
    return invocation.directory().resolve(text).normalize();
  }
}
