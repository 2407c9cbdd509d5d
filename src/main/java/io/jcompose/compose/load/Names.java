package io.jcompose.compose.load;

import io.jcompose.nearest.Nearest;
import java.util.Collection;
import java.util.Optional;

/** Paths of attributes as text, and which known name somebody may have meant. */
final class Names {

  private Names() {}

  static String key(String path, String key) {
    if (path.isEmpty()) {
      return key;
    }
    return path + "." + key;
  }

  static String item(String path, int index) {
    return path + "[" + index + "]";
  }

  /** The nearest of the known names, if it is near enough to be meant. */
  static Optional<String> nearest(String name, Collection<String> known) {
    return Nearest.within(Math.min(3, name.length() / 3), name, known); // of two letters every other is near
  }

  /** A hint that names the nearest known name. */
  static Optional<String> didYouMean(String name, Collection<String> known) {
    return nearest(name, known).map(Names::didYouMean);
  }

  static String didYouMean(String meant) {
    return "did you mean \"" + meant + "\"?";
  }
}
