package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;

/**
 * A program that provides a service in place of a container.
 *
 * @param type the program's name
 * @param options its options, each with one or more values
 */
public record Provider(String type, Map<String, List<String>> options) {

  public Provider {
    options = Maps.sorted(options);
  }
}
