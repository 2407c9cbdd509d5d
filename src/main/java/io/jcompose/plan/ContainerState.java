package io.jcompose.plan;

/** What a container does at the moment of the snapshot; the words are those of {@code ps}. */
public enum ContainerState {
  CREATED,
  RUNNING,
  PAUSED,
  RESTARTING,
  EXITED,
  DEAD;

  /** Whether a process stands behind it, or will again without anybody's help. */
  public boolean active() {
    return this == RUNNING || this == PAUSED || this == RESTARTING;
  }

  /** Whether a process stands behind it now. */
  public boolean hasProcess() {
    return this == RUNNING || this == PAUSED;
  }

  /** The word that people read. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
