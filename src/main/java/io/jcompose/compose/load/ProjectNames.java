package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.Document;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Scalar;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which name a project has: {@code -p}, {@code COMPOSE_PROJECT_NAME}, {@code name:} of the last
 * file that has one, the directory. The first two must be valid, the others are made so.
 */
final class ProjectNames {

  /** Files and containers are named after projects. */
  private static final int LONGEST = 200;

  private ProjectNames() {}

  static String choose(
      Session session, Path directory, List<Path> files, Map<String, String> environment) {
    String name = chosen(session, directory, files, environment);
    if (name.length() > LONGEST) {
      throw new ComposeException(
          Problem.of("", "the project's name has more than " + LONGEST + " characters")
              .withHint("give a shorter one with -p"));
    }
    return name;
  }

  private static String chosen(
      Session session, Path directory, List<Path> files, Map<String, String> environment) {
    String asked =
        session
            .options()
            .projectName()
            .orElse(environment.getOrDefault("COMPOSE_PROJECT_NAME", ""));
    if (!asked.isEmpty()) {
      if (!normalize(asked).equals(asked)) {
        throw new ComposeException(
            Problem.of(
                    "",
                    "invalid project name \""
                        + asked
                        + "\": must consist only of lowercase alphanumeric characters, hyphens,"
                        + " and underscores as well as start with a letter or number")
                .withHint("did you mean \"" + normalize(asked) + "\"?"));
      }
      return asked;
    }
    String name = normalize(fromFiles(session, files, environment));
    if (name.isEmpty()) {
      Path last = directory.getFileName();
      name = normalize(last == null ? "" : last.toString());
    }
    if (name.isEmpty()) {
      throw new ComposeException(
          Problem.of("", "project name must not be empty").withHint("give one with -p"));
    }
    return name;
  }

  private static String fromFiles(
      Session session, List<Path> files, Map<String, String> environment) {
    String name = "";
    for (Path file : files) {
      for (Document document : documents(session, file)) {
        if (document.root() instanceof MapNode root
            && root.get("name") instanceof Scalar scalar
            && scalar.isText()) {
          try {
            name =
                session.options().does(LoadOptions.Step.INTERPOLATION)
                    ? new Interpolator(environment::get, unset -> {}).expand(scalar.text())
                    : scalar.text();
          } catch (Interpolator.Failure e) {
            // An error when the whole file is interpolated.
            name = "";
          }
        }
      }
    }
    return name;
  }

  /** What can't be read has no name, and is an error when it is loaded. */
  private static List<Document> documents(Session session, Path file) {
    try {
      return session.peek(file);
    } catch (ComposeException e) {
      session.failed(e);
      return List.of();
    }
  }

  /** Lower case, without characters that a name can't have, begun by a letter or digit. */
  static String normalize(String name) {
    StringBuilder out = new StringBuilder();
    for (char c : name.toLowerCase(Locale.ROOT).toCharArray()) {
      boolean alphanumeric = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
      if (alphanumeric || (c == '_' || c == '-') && !out.isEmpty()) {
        out.append(c);
      }
    }
    return out.toString();
  }
}
