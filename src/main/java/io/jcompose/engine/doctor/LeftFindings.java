package io.jcompose.engine.doctor;

import io.jcompose.container.cgroup.CgroupException;
import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.network.KernelProbe;
import io.jcompose.network.Mark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What carries our mark and belongs to nothing on disk, while no engine runs that could tell. */
public final class LeftFindings {
  private LeftFindings() {}

  /** Names of things, each in words. */
  public static List<String> look(Path root, Path run) {
    Mark mark = Mark.of(root);
    Set<String> containers = names(root.resolve("containers"));
    Set<String> shortIds = containers.stream().map(LeftFindings::shortId).collect(Collectors.toSet());
    List<String> left = new ArrayList<>();
    groups(mark).stream().filter(id -> !containers.contains(id)).forEach(id -> left.add("control group of " + id));
    names(run.resolve("c")).stream().filter(id -> !shortIds.contains(id)).forEach(id -> left.add("keeper of " + id));
    String networks = networkTexts(root.resolve("networks"));
    KernelProbe.links(mark).stream().filter(name -> !networks.contains(name)).forEach(name -> left.add("link " + name));
    return left;
  }

  private static String shortId(String id) {
    return id.substring(0, Math.min(12, id.length()));
  }

  private static List<String> groups(Mark mark) {
    try {
      return Cgroups.detect(Files.readString(Path.of("/proc/self/mountinfo")), "/", mark.value()).containers();
    } catch (CgroupException e) {
      return List.of(); // There are none here; another finding says so.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String networkTexts(Path folder) {
    StringBuilder all = new StringBuilder();
    for (String name : names(folder)) {
      try {
        all.append(name.endsWith(".json") ? Files.readString(folder.resolve(name)) : "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all.toString();
  }

  private static Set<String> names(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
    } catch (NoSuchFileException e) {
      return Set.of();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed", e);
    }
  }
}
