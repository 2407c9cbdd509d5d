package io.jcompose.compose.load;

import java.util.regex.Pattern;

/**
 * Names that containers and volumes get as they are written: the reference prints any, and can make
 * none but these.
 */
final class ResourceNames {

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  private static final int LONGEST = 255;

  private ResourceNames() {}

  static void checkContainer(View service) {
    check(service, "container_name", "container");
  }

  static void checkVolume(View volume) {
    check(volume, "name", "volume");
  }

  private static void check(View owner, String key, String what) {
    String name = owner.text(key).orElse("a");
    if (!NAME.matcher(name).matches()) {
      owner.report(
          key,
          "\"" + name + "\" is no name for a " + what + ": letters, digits, and _ . - after the first");
    } else if (name.length() > LONGEST) {
      owner.report(key, "the name of a " + what + " has at most " + LONGEST + " characters");
    }
  }
}
