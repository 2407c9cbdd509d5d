package io.jcompose.engine.state;

import java.util.List;

/** What is remembered of a project when no file is at hand. */
public record ProjectRecord(String name, String directory, List<String> files) {
  public ProjectRecord {
    files = List.copyOf(files);
  }
}
