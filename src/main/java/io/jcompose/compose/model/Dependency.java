package io.jcompose.compose.model;

/**
 * A service's need of another.
 *
 * @param service the other's name
 * @param condition what to wait for before this one starts
 * @param restart whether this one is restarted when the other is, by command
 * @param required false: its absence or failure is only a warning
 */
public record Dependency(String service, Condition condition, boolean restart, boolean required) {

  /** What to wait for. */
  public enum Condition {
    STARTED("service_started"),
    HEALTHY("service_healthy"),
    COMPLETED("service_completed_successfully");

    private final String word;

    Condition(String word) {
      this.word = word;
    }

    /** As written in a Compose file. */
    public String word() {
      return word;
    }
  }

  /** Needs the other to have been started. */
  public static Dependency started(String service) {
    return new Dependency(service, Condition.STARTED, false, true);
  }

  /** Needs the other to be healthy. */
  public static Dependency healthy(String service) {
    return new Dependency(service, Condition.HEALTHY, false, true);
  }
}
