package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds a project's files, directory and variables.
 *
 * @param files absolute; {@code -} stands for standard input
 * @param directory the project's, absolute
 * @param envFiles absolute
 * @param scope the caller's variables, then those of the env files
 */
record Discovery(List<Path> files, Path directory, List<Path> envFiles, Scope scope) {

  private static final List<String> NAMES =
      List.of("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml");
  private static final List<String> OVERRIDES =
      List.of(
          "compose.override.yml",
          "compose.override.yaml",
          "docker-compose.override.yml",
          "docker-compose.override.yaml");

  static Discovery of(Session session) {
    LoadOptions options = session.options();
    Path cwd = options.cwd();
    Scope scope = new Scope(options.environment(), Map.of(), List.of());
    List<Path> explicit = resolve(options.files(), cwd);
    Path first = directory(options, explicit, cwd);
    List<Path> envFiles = envFiles(session, first, scope.values());
    scope = scope.with(EnvFiles.read(session, envFiles, scope.values()), envFiles);
    Map<String, String> environment = scope.values();

    List<Path> files = explicit;
    if (files.isEmpty() && !environment.getOrDefault("COMPOSE_FILE", "").isEmpty()) {
      String separator = environment.getOrDefault("COMPOSE_PATH_SEPARATOR", ":");
      String[] names = environment.get("COMPOSE_FILE").split(Pattern.quote(separator));
      files = resolve(List.of(names), first);
    }
    if (files.isEmpty()) {
      files = search(session, options.projectDirectory().map(d -> first).orElse(cwd));
    }
    Path directory = directory(options, files, cwd);
    if (!directory.equals(first)) {
      List<Path> more = envFiles(session, directory, environment);
      if (!more.isEmpty()) {
        scope = scope.with(EnvFiles.read(session, more, environment), more);
        envFiles = more;
      }
    }
    return new Discovery(files, directory, envFiles, scope);
  }

  private static List<Path> resolve(List<String> names, Path directory) {
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      files.add(name.equals("-") ? Path.of("-") : Path.of(FilePaths.absolute(directory, name)));
    }
    return files;
  }

  private static Path directory(LoadOptions options, List<Path> files, Path cwd) {
    if (options.projectDirectory().isPresent()) {
      return Path.of(FilePaths.clean(FilePaths.absolute(cwd, options.projectDirectory().get())));
    }
    for (Path file : files) {
      if (!file.toString().equals("-")) {
        return Path.of(FilePaths.clean(file.toString())).getParent();
      }
    }
    return cwd;
  }

  private static List<Path> envFiles(
      Session session, Path directory, Map<String, String> environment) {
    LoadOptions options = session.options();
    List<String> names = options.envFiles();
    String listed = environment.getOrDefault("COMPOSE_ENV_FILES", "");
    if (names.isEmpty() && !listed.isEmpty()) {
      names = List.of(listed.split(","));
    }
    if (names.isEmpty()) {
      Path file = directory.resolve(".env");
      String disabled = environment.getOrDefault("COMPOSE_DISABLE_ENV_FILE", "");
      boolean off = disabled.equals("1") || disabled.equals("true");
      return !off && Files.isRegularFile(file) ? List.of(file) : List.of();
    }
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path file = Path.of(FilePaths.absolute(options.cwd(), name));
      if (name.equals("/dev/null")) {
        continue;
      }
      if (!Files.isRegularFile(file)) {
        throw new ComposeException(
            Problem.of("", "couldn't find env file: " + file)
                .withHint("it was asked for with --env-file or COMPOSE_ENV_FILES"));
      }
      files.add(file);
    }
    return files;
  }

  private static List<Path> search(Session session, Path from) {
    for (Path directory = from; directory != null; directory = directory.getParent()) {
      List<Path> found = existing(directory, NAMES);
      if (found.isEmpty()) {
        continue;
      }
      if (found.size() > 1) {
        session.warn(
            "Found multiple config files with supported names: "
                + String.join(", ", found.stream().map(Path::toString).toList()));
        session.warn("Using " + found.getFirst());
      }
      List<Path> overrides = existing(directory, OVERRIDES);
      if (overrides.size() > 1) {
        session.warn(
            "Found multiple override files with supported names: "
                + String.join(", ", overrides.stream().map(Path::toString).toList()));
        session.warn("Using " + overrides.getFirst());
      }
      return Stream.concat(Stream.of(found.getFirst()), overrides.stream().limit(1)).toList();
    }
    throw new ComposeException(
        Problem.of("", "no configuration file provided: not found")
            .withHint(
                "looked for "
                    + String.join(", ", NAMES)
                    + " in "
                    + from
                    + " and above; -f names another"));
  }

  private static List<Path> existing(Path directory, List<String> names) {
    return names.stream().map(directory::resolve).filter(Files::isRegularFile).toList();
  }
}
