package io.jcompose.fault;

import java.nio.file.Path;

/**
 * A place at which a test lets the engine fail. Off, which is always but in tests, a point costs one read of a field.
 * Names go from the room to the step, in the past tense of what has just happened: {@code net.bridge.created}.
 */
public final class Fault {
  private static volatile FaultPlan plan;

  private Fault() {}

  /**
   * Switches points on for this process.
   *
   * @param file holds the one fault to be made, see {@link FaultPlan}; it need not exist yet
   */
  public static void arm(Path file) {
    plan = new FaultPlan(file);
  }

  /** A step named {@code name} has been done. May throw, wait, or not return. */
  public static void point(String name) {
    FaultPlan armed = plan;
    if (armed != null) {
      armed.reached(name);
    }
  }
}
