package io.jcompose.compose.load;

import io.jcompose.compose.yaml.MapNode;

final class Schema {
  private Schema() {}

  static void validate(MapNode root, Session session) {}
}
