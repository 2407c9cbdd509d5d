package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a process holds: how many descriptors of each type, and the names of its threads.
 *
 * @param descriptors by type: socket, pipe, net (a network namespace), anon_inode:…, file
 */
record Footprint(Map<String, Long> descriptors, List<String> threads) {
  static Footprint of(long pid) {
    Map<String, Long> descriptors = new TreeMap<>();
    List<String> threads = new ArrayList<>();
    try (DirectoryStream<Path> fds = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"));
        DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
      for (Path fd : fds) {
        type(fd).ifPresent(type -> descriptors.merge(type, 1L, Long::sum));
      }
      for (Path task : tasks) {
        name(task.resolve("comm")).ifPresent(threads::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Collections.sort(threads);
    return new Footprint(descriptors, threads);
  }

  /** That nothing grew. Fewer is no leak: the last call before {@code earlier} may still have been hung up on. */
  void assertNoMoreThan(Footprint earlier) {
    assertThat(descriptors)
        .allSatisfy(
            (type, count) ->
                assertThat(count).as(type).isLessThanOrEqualTo(earlier.descriptors.getOrDefault(type, 0L)));
    assertThat(threads).hasSizeLessThanOrEqualTo(earlier.threads.size() + 2);
  }

  private static Optional<String> type(Path fd) {
    try {
      String target = Files.readSymbolicLink(fd).toString();
      if (target.startsWith("anon_inode:")) {
        return Optional.of(target);
      }
      return Optional.of(target.startsWith("/") ? "file" : target.replaceFirst(":.*", ""));
    } catch (IOException e) {
      return Optional.empty(); // Closed meanwhile.
    }
  }

  private static Optional<String> name(Path comm) {
    try {
      return Optional.of(Files.readString(comm).strip());
    } catch (IOException e) {
      return Optional.empty(); // Ended meanwhile.
    }
  }
}
