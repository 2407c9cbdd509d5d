package io.jcompose.plan;

/** When an existing container is replaced by a new one. */
public enum RecreatePolicy {
  /** When it differs from what is wanted. */
  CHANGED,
  /** Always: {@code --force-recreate}. */
  FORCE,
  /** Not even then: {@code --no-recreate}. */
  NEVER
}
