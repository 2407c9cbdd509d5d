package io.jcompose.engine.state;

import io.jcompose.linux.SafeFile;
import io.jcompose.linux.TopDirectory;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The engine's memory below its root: {@code containers/<id>/{spec,state}.json}, and
 * {@code projects/<name>.json}.
 */
public final class StateStore {
  private final Path containers;
  private final Path projects;

  public StateStore(Path root) {
    containers = folder(root.resolve("containers"));
    TopDirectory.mark(containers);
    projects = folder(root.resolve("projects"));
    SafeFile.tidy(projects);
  }

  /** Makes {@code path} and its parents, for root alone whatever the umask. */
  public static Path folder(Path path) {
    try {
      return Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the folder " + path + ": " + e.getMessage(), e);
    }
  }

  /** The folder of a container: its records, its log, its writable layer. */
  public Path containerFolder(String id) {
    return containers.resolve(id);
  }

  public void saveRecord(ContainerRecord record) {
    StateFile.write(folder(containerFolder(record.id())).resolve("spec.json"), record, false);
  }

  public void saveStatus(String id, ContainerStatus status) {
    StateFile.write(containerFolder(id).resolve("state.json"), status, false);
  }

  /** A container as it was left. */
  public record Stored(ContainerRecord record, ContainerStatus status) {}

  /** All containers that can be read; a folder without a readable record is handed to nobody. */
  public List<Stored> containers() {
    List<Stored> all = new ArrayList<>();
    for (Path folder : list(containers)) {
      String id = folder.getFileName().toString();
      StateFile.read(folder.resolve("spec.json"), ContainerRecord.class, r -> r.id().equals(id))
          .ifPresent(
              record ->
                  all.add(
                      new Stored(
                          record,
                          StateFile.read(folder.resolve("state.json"), ContainerStatus.class)
                              .orElse(ContainerStatus.CREATED))));
    }
    return all;
  }

  /**
   * Folders of containers that were never whole, or were being removed. One whose record was set aside is not
   * among them: what its container has written is the user's.
   */
  public List<Path> foldersWithoutRecord() {
    return list(containers).stream()
        .filter(f -> !Files.exists(f.resolve("spec.json")) && !SafeFile.wasSetAside(f, "spec.json"))
        .toList();
  }

  /** From now on the container's folder is one of {@link #foldersWithoutRecord}. */
  public void removeRecord(String id) {
    SafeFile.delete(containerFolder(id).resolve("spec.json"));
  }

  public void removeContainer(String id) {
    Trees.delete(containerFolder(id));
  }

  public void saveProject(ProjectRecord project) {
    StateFile.write(projects.resolve(project.name() + ".json"), project, false);
  }

  public Optional<ProjectRecord> project(String name) {
    return StateFile.read(projects.resolve(name + ".json"), ProjectRecord.class);
  }

  public void removeProject(String name) {
    SafeFile.delete(projects.resolve(name + ".json"));
  }

  private static List<Path> list(Path folder) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      List<Path> paths = new ArrayList<>();
      entries.forEach(paths::add);
      paths.sort(null);
      return paths;
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }
}
