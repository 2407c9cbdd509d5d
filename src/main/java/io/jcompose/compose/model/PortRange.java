package io.jcompose.compose.model;

/**
 * Ports from {@code first} to {@code last}, both included; equal for a single port.
 *
 * @param first 1–65535; 0 in both means any free port
 * @param last at least {@code first}
 */
public record PortRange(int first, int last) {

  public boolean single() {
    return first == last;
  }

  @Override
  public String toString() {
    return single() ? Integer.toString(first) : first + "-" + last;
  }
}
