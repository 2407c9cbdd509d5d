package io.jcompose.engine;

import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.PlanException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** Finds out, before anything is made, that the content of a secret or config can't be had. */
final class FileSourceCheck {
  private final Project project;
  private final SortedMap<String, PlanException> problems = new TreeMap<>();

  private FileSourceCheck(Project project) {
    this.project = project;
  }

  /**
   * Checks those that the services asked for have, and the services that these need.
   *
   * @throws PlanException with all that can't be had
   */
  static void check(Project project, ImageOptions asked) {
    FileSourceCheck check = new FileSourceCheck(project);
    check.services(asked).forEach(check::service);
    if (!check.problems.isEmpty()) {
      throw new PlanException(List.copyOf(check.problems.values()));
    }
  }

  private List<Service> services(ImageOptions asked) {
    Set<String> needed = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(asked.services().isEmpty() ? project.services().keySet() : asked.services());
    while (!open.isEmpty()) {
      String name = open.pop();
      if (project.knows(name) && needed.add(name) && asked.withDependencies()) {
        open.addAll(project.services().get(name).dependsOn().keySet());
      }
    }
    return needed.stream().map(project.services()::get).toList();
  }

  private void service(Service service) {
    refs(service.storage().secrets(), "secret", name -> project.secrets().get(name).source());
    refs(service.storage().configs(), "config", name -> project.configs().get(name).source());
  }

  private void refs(
      Collection<FileRef> refs, String kind, Function<String, FileSource> sources) {
    for (FileRef ref : refs) {
      String path = kind + "s." + ref.source();
      switch (sources.apply(ref.source())) {
        case FileSource.Variable variable when variable.value().isEmpty() ->
            report(
                path + ".environment",
                "the variable " + variable.variable() + " is not set",
                "set it in the environment, or in an env file of the project");
        case FileSource.File file when !Files.isReadable(file.path()) ->
            report(path + ".file", unreadable(file.path()), "it is relative to the file that names it");
        case FileSource.External _ ->
            report(path + ".external", "this engine keeps no " + kind + "s of its own", "give it a file:");
        case FileSource.Driver driver ->
            report(path + ".driver", "there is no driver \"" + driver.driver() + "\"", "give it a file:");
        case FileSource.Variable _, FileSource.File _, FileSource.Content _ -> {}
      }
    }
  }

  private static String unreadable(Path path) {
    return "the file " + path + (Files.exists(path) ? " can't be read" : " does not exist");
  }

  private void report(String path, String message, String hint) {
    problems.put(path, new PlanException(path + ": " + message + "; " + hint, project.marks().find(path)));
  }
}
