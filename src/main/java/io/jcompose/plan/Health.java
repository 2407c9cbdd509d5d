package io.jcompose.plan;

/** The state of a container's health check; {@code NONE} when it has no check. */
public enum Health {
  NONE,
  STARTING,
  HEALTHY,
  UNHEALTHY
}
