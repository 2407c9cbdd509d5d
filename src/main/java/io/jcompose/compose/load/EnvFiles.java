package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.Place;
import io.jcompose.compose.yaml.Source;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Reads env files one after another: later ones win and may use the earlier ones' variables. */
final class EnvFiles {

  private EnvFiles() {}

  /**
   * The variables of the files, without those of the environment.
   *
   * @param environment wins over the files in interpolation
   */
  static Map<String, String> read(
      Session session, List<Path> files, Map<String, String> environment) {
    Map<String, String> values = new HashMap<>();
    for (Path file : files) {
      Function<String, String> lookup =
          name -> environment.containsKey(name) ? environment.get(name) : values.get(name);
      values.putAll(read(session, file, lookup, false));
    }
    return values;
  }

  /** The variables of one file. */
  static Map<String, String> read(
      Session session, Path file, Function<String, String> lookup, boolean raw) {
    String text = session.read(file);
    try {
      return raw
          ? EnvFile.parseRaw(text, lookup)
          : EnvFile.parse(
              text,
              lookup,
              name ->
                  session.warn(
                      "The \""
                          + name
                          + "\" variable is not set. Defaulting to a blank string."));
    } catch (EnvFile.Failure e) {
      Place place = new Place(new Source(file, session.shown(file), text), e.line(), 1);
      Problem problem = place.problem("", "failed to read " + file + ": " + e.getMessage());
      throw new ComposeException(problem);
    }
  }
}
