package io.jcompose.compose.model;

import java.util.List;

/**
 * Commands around a container's life.
 *
 * @param preStart before the service starts, each in a container of its own
 * @param postStart in the container, after it started
 * @param preStop in the container, before it is stopped
 */
public record Hooks(List<Hook> preStart, List<Hook> postStart, List<Hook> preStop) {

  public static final Hooks NONE = new Hooks(List.of(), List.of(), List.of());

  public Hooks {
    preStart = List.copyOf(preStart);
    postStart = List.copyOf(postStart);
    preStop = List.copyOf(preStop);
  }
}
