package io.jcompose.container.security;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first two numbers of the kernel's release. */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  private static final Pattern START = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*", Pattern.DOTALL);

  /** Reads {@code 6.1.0-13-amd64} and the like. */
  public static KernelVersion parse(String release) {
    Matcher matcher = START.matcher(release);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a kernel version: " + release);
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  @Override
  public int compareTo(KernelVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }
}
