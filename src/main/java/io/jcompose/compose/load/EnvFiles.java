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
  static Map<String, Setting> read(
      Session session, List<Path> files, Map<String, String> environment) {
    Map<String, Setting> values = new HashMap<>();
    for (Path file : files) {
      values.putAll(read(session, file, environment::get, earlier(values), false));
    }
    return values;
  }

  /** Looks variables up among those of earlier files. */
  static Function<String, String> earlier(Map<String, Setting> values) {
    return name -> values.containsKey(name) ? values.get(name).value() : null;
  }

  /**
   * The variables of one file.
   *
   * @param lookup a variable's value, or null; it wins over the file's own
   * @param earlier a variable of the files before, or null
   */
  static Map<String, Setting> read(
      Session session,
      Path file,
      Function<String, String> lookup,
      Function<String, String> earlier,
      boolean raw) {
    String text = session.read(file);
    Source source = session.sees(new Source(file, session.shown(file), text));
    try {
      Map<String, EnvFile.Entry> entries =
          raw
              ? EnvFile.parseRaw(text, lookup)
              : EnvFile.parse(
                  text,
                  lookup,
                  earlier,
                  name ->
                      session.warn(
                          "The \"" + name + "\" variable is not set. Defaulting to a blank string."));
      Map<String, Setting> settings = new HashMap<>();
      entries.forEach(
          (name, entry) ->
              settings.put(name, new Setting(entry.value(), new Place(source, entry.line(), 1))));
      return settings;
    } catch (EnvFile.Failure e) {
      Place place = new Place(source, e.line(), 1);
      Problem problem = place.problem("", "failed to read " + file + ": " + e.getMessage());
      throw new ComposeException(problem);
    }
  }
}
