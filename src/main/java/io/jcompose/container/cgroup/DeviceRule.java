package io.jcompose.container.cgroup;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Access to devices that is allowed; everything else is denied.
 *
 * @param type {@code c}, {@code b}, or {@code a} for both
 * @param major −1: any
 * @param minor −1: any
 * @param access letters of {@code rwm}
 */
public record DeviceRule(char type, int major, int minor, String access) {
  private static final Pattern FORM =
      Pattern.compile("([abc])\\s+(\\d{1,6}|\\*):(\\d{1,7}|\\*)\\s+([rwm]{1,3})");

  /** What every container may do (SECURITY DEV-2): make any node, but open only the harmless ones. */
  public static final List<DeviceRule> DEFAULT =
      List.of(
          parse("c *:* m"),
          parse("b *:* m"),
          parse("c 1:3 rwm"),
          parse("c 1:5 rwm"),
          parse("c 1:7 rwm"),
          parse("c 1:8 rwm"),
          parse("c 1:9 rwm"),
          parse("c 5:0 rwm"),
          parse("c 5:1 rwm"),
          parse("c 5:2 rwm"),
          parse("c 136:* rwm"));

  /** Everything. */
  public static final List<DeviceRule> ALL = List.of(parse("a *:* rwm"));

  /** Reads the form of cgroup v1 and {@code device_cgroup_rules}: {@code c 1:3 rwm}. */
  public static DeviceRule parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a device rule; write type, major:minor and access, such as \"c 1:3 rwm\"");
    }
    return new DeviceRule(
        matcher.group(1).charAt(0),
        number(matcher.group(2)),
        number(matcher.group(3)),
        matcher.group(4));
  }

  private static int number(String text) {
    return text.equals("*") ? -1 : Integer.parseInt(text);
  }

  /** The form of cgroup v1. */
  String text() {
    return type + " " + (major < 0 ? "*" : major) + ":" + (minor < 0 ? "*" : minor) + " " + access;
  }
}
