package io.jcompose.plan;

/** What happens to containers of the project that no service of the file stands for. */
public enum Orphans {
  /** They stay, and a notice names them. */
  WARN,
  /** They are stopped and removed: {@code --remove-orphans}. */
  REMOVE,
  /** They stay, and nothing is said: {@code COMPOSE_IGNORE_ORPHANS}. */
  IGNORE
}
