package io.jcompose.engine.compile;

import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.container.Mount;
import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The secrets and configs of a service's containers, and their content. */
public final class FileMounts {
  private static final int DEFAULT_MODE = 0444;
  private final Project project;
  private final Store store;

  /** Keeps the bytes of secrets and configs that no file of the user's holds, in memory only. */
  @FunctionalInterface
  public interface Store {
    /** Keeps the content of the file at {@code target} for the starts of the container {@code id}. */
    void keep(String id, String target, byte[] content);
  }

  public FileMounts(Project project, Store store) {
    this.project = project;
    this.store = store;
  }

  /** The mounts for the container {@code id}; hands what it needs at its starts to the store. */
  public List<Mount> of(Service service, String id) {
    List<Mount> files = new ArrayList<>();
    for (FileRef ref : service.storage().secrets()) {
      files.add(file(service, "secret", id, ref, project.secrets().get(ref.source()).source()));
    }
    for (FileRef ref : service.storage().configs()) {
      files.add(file(service, "config", id, ref, project.configs().get(ref.source()).source()));
    }
    return files;
  }

  private Mount file(Service service, String kind, String id, FileRef ref, FileSource source) {
    String name = kind + " \"" + ref.source() + "\"";
    String host = "";
    switch (source) {
      case FileSource.File file when shownAsItIs(ref, file.path()) -> {
        return Mount.Bind.own(file.path().toString(), ref.target());
      }
      case FileSource.File file -> {
        check(service, name, file.path());
        host = file.path().toString();
      }
      case FileSource.Variable variable ->
          keep(
              id,
              ref,
              variable
                  .value()
                  .orElseThrow(
                      () -> new EngineException(name + ": the variable " + variable.variable() + " is not set")));
      case FileSource.Content text -> keep(id, ref, text.content());
      case FileSource.External _ ->
          throw new EngineException(name + " is external, and this engine keeps none; give it a file:");
      case FileSource.Driver driver ->
          throw new EngineException(name + ": there is no driver " + driver.driver());
    }
    return new Mount.File(
        name, ref.target(), number(name, "uid", ref.uid()), number(name, "gid", ref.gid()),
        ref.mode().orElse(DEFAULT_MODE), host);
  }

  /**
   * Whether it can be bound, so that edits in place are seen at once: with the owner and the mode that it has, which
   * let everybody read it. One with others, and one of root's alone, is copied.
   */
  private static boolean shownAsItIs(FileRef ref, Path path) {
    if (ref.uid().isPresent() || ref.gid().isPresent() || ref.mode().isPresent()) {
      return false;
    }
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      return permissions.contains(PosixFilePermission.OTHERS_READ)
          && (Files.isRegularFile(path)
              || Files.isDirectory(path) && permissions.contains(PosixFilePermission.OTHERS_EXECUTE));
    } catch (IOException e) {
      return false; // why it can't be read is said by who reads it
    }
  }

  private void keep(String id, FileRef ref, String content) {
    store.keep(id, ref.target(), content.getBytes(StandardCharsets.UTF_8));
  }

  private static int number(String name, String key, Optional<String> text) {
    try {
      int number = text.map(Integer::parseInt).orElse(0);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, as for a negative number.
    }
    throw new EngineException(
        name + ": " + key + ": \"" + text.orElse("") + "\" is not a number from 0 on");
  }

  /** The file is read at each start; one that can't be read is said now. */
  private static void check(Service service, String name, Path path) {
    try (var readable = Files.newInputStream(path)) {
      readable.read();
    } catch (IOException e) {
      throw new EngineException(
          "service \"" + service.name() + "\": the file " + path + " of " + name + " cannot be read", e);
    }
  }
}
