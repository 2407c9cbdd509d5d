package io.jcompose.compose.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What {@code watch} does when files change.
 *
 * @param path absolute: what is watched
 * @param action {@code rebuild}, {@code sync}, {@code restart}, {@code sync+restart}, {@code
 *     sync+exec}
 * @param target where to copy to, in the container
 * @param ignore patterns, relative to the path
 * @param include patterns, relative to the path
 * @param exec what {@code sync+exec} runs
 * @param initialSync whether everything is copied at the start
 */
public record WatchTrigger(
    Path path,
    String action,
    Optional<String> target,
    List<String> ignore,
    List<String> include,
    Optional<Hook> exec,
    boolean initialSync) {

  public WatchTrigger {
    ignore = List.copyOf(ignore);
    include = List.copyOf(include);
  }
}
