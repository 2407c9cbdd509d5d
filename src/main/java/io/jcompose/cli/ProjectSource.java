package io.jcompose.cli;

import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.Loaded;
import io.jcompose.compose.load.ProjectLoader;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.Invocation;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Loads the project that the options before the command's name describe. */
final class ProjectSource {
  private final CommandContext context;

  ProjectSource(CommandContext context) {
    this.context = context;
  }

  private LoadOptions options(Set<LoadOptions.Step> omitted, List<String> services) {
    Invocation invocation = context.invocation();
    GlobalOptions options = context.options();
    Set<LoadOptions.Step> left = EnumSet.noneOf(LoadOptions.Step.class);
    left.addAll(omitted);
    if (options.allResources) {
      left.add(LoadOptions.Step.SELECTION_OF_RESOURCES);
    }
    return new LoadOptions(
        invocation.directory(),
        context.environment(),
        options.files,
        Optional.ofNullable(options.projectName),
        Optional.ofNullable(options.projectDirectory),
        options.envFiles,
        options.profiles,
        options.files.contains("-") ? Optional.of(StandardInput.text(invocation)) : Optional.empty(),
        left,
        services);
  }

  /** The project; warnings of the loader go to standard error. */
  Project load() {
    return load(Set.of(), List.of()).project();
  }

  /** As {@link #load()}, and what the loader would warn of is not said. */
  Project loadQuietly() {
    return ProjectLoader.load(options(Set.of(), List.of())).project();
  }

  /**
   * The project to be run: services named on the command line are active whatever their profiles, and what
   * the file asks for without effect, or to loosen confinement, is said once.
   */
  Project loadToRun(List<String> services) {
    Loaded loaded = load(Set.of(), services);
    String word = context.style(context.err()).yellow("warning: ");
    if (!loaded.ineffective().isEmpty()) {
      context.err().println(
          word + "this version gives no effect to: " + String.join(", ", loaded.ineffective()));
    }
    SecurityText.warning(loaded.project()).ifPresent(line -> context.err().println(word + line));
    return loaded.project();
  }

  /** As {@link #load()}, without some steps and with the tree that {@code config} prints. */
  Loaded load(Set<LoadOptions.Step> omitted, List<String> services) {
    Loaded loaded = ProjectLoader.load(options(omitted, services));
    String word = context.style(context.err()).yellow("warning: ");
    loaded.warnings().forEach(warning -> context.err().println(word + warning));
    return loaded;
  }
}
