package io.jcompose.engine;

import java.util.List;

/**
 * Why a container, or a service without one, is in the state it is in.
 *
 * @param subject the container's name; the service's when it has no container
 * @param service the service
 * @param state the word that {@code ps} has for it; {@code missing} without a container
 * @param text the reason, half a sentence
 * @param lastLines what it wrote last, where that is to the point
 * @param because the reasons of what it waits for
 */
public record Reason(
    String subject, String service, String state, String text, List<String> lastLines, List<Reason> because) {
  public Reason {
    lastLines = List.copyOf(lastLines);
    because = List.copyOf(because);
  }
}
