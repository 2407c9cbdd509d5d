package io.jcompose.compose.load;

import io.jcompose.compose.yaml.Place;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The variables that a tree is interpolated with.
 *
 * @param values of all of them
 * @param written where those stand that come from an env file
 * @param files the env files that were read, also those that had nothing new
 */
record Scope(Map<String, String> values, Map<String, Place> written, List<Path> files) {

  /** The variables of this one, and those of more env files that it doesn't have. */
  Scope with(Map<String, Setting> settings, List<Path> more) {
    Map<String, String> allValues = new HashMap<>(values);
    Map<String, Place> allWritten = new HashMap<>(written);
    settings.forEach(
        (name, setting) -> {
          if (allValues.putIfAbsent(name, setting.value()) == null) {
            allWritten.put(name, setting.place());
          }
        });
    List<Path> allFiles = new java.util.ArrayList<>(files);
    allFiles.addAll(more);
    return new Scope(allValues, allWritten, allFiles);
  }

  /** Where a variable was looked for, in words. */
  String searched() {
    if (files.isEmpty()) {
      return "the environment; there is no .env file";
    }
    return "the environment and "
        + files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }
}
