package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Style;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.Engine;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import io.jcompose.plan.Observed;
import io.jcompose.plan.Plan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** What a command works with: its caller's invocation, the options before its name, and the engine. */
final class CommandContext {
  private final GlobalOptions options;
  private final Optional<Engine> engine;
  private Invocation invocation;

  CommandContext(GlobalOptions options, Optional<Engine> engine) {
    this.options = options;
    this.engine = engine;
  }

  /** Says whose call the command is, before it runs: it may have been made before anybody called it. */
  void serve(Invocation caller) {
    invocation = caller;
  }

  /** The call is over. */
  void leave() {
    invocation = null;
  }

  /** For the same caller, with other options and without an engine. */
  CommandContext local(GlobalOptions others) {
    CommandContext local = new CommandContext(others, Optional.empty());
    local.serve(invocation);
    return local;
  }

  Invocation invocation() {
    return invocation;
  }

  GlobalOptions options() {
    return options;
  }

  /** The caller's variables, with what options before the command's name say in place of one. */
  Map<String, String> environment() {
    if (options.parallel == null && !options.compatibility) {
      return invocation.environment();
    }
    Map<String, String> changed = new HashMap<>(invocation.environment());
    if (options.parallel != null) {
      changed.put("COMPOSE_PARALLEL_LIMIT", options.parallel.toString());
    }
    if (options.compatibility) {
      changed.put("COMPOSE_COMPATIBILITY", "true");
    }
    return changed;
  }

  /** The engine; a command that is not listed as local always has one. */
  Engine engine() {
    return engine.orElseThrow(
        () -> new EngineException("this command needs an engine, and this process has none"));
  }

  /** With {@code --dry-run}, shows what a verb would do to a project's containers; false: it has to do it. */
  boolean showsPlan(String project, BiFunction<Project, Observed, Plan> planner) {
    if (options.dryRun) {
      out().print(engine().projects().plan(project, planner));
    }
    return options.dryRun;
  }

  /** The engine, for a command that can do without. */
  Optional<Engine> engineIfAny() {
    return engine;
  }

  boolean hasEngine() {
    return engine.isPresent();
  }

  Output out() {
    return invocation.out();
  }

  Output err() {
    return invocation.err();
  }

  /** Says what went wrong with one thing of several. */
  void complain(RuntimeException e) {
    err().println("jcompose: " + Printable.lines(String.valueOf(e.getMessage())));
  }

  void warn(List<String> warnings) {
    warnings.forEach(warning -> err().println(style(err()).yellow("warning: ") + warning));
  }

  /** Whether what is written to {@code output} may be coloured. */
  Style style(Output output) {
    boolean colours =
        switch (options.ansi == null ? "auto" : options.ansi) {
          case "always" -> true;
          case "never" -> false;
          default ->
              output.terminal()
                  && !invocation.environment().containsKey("NO_COLOR")
                  && !"dumb".equals(invocation.environment().get("TERM"));
        };
    return new Style(colours);
  }
}
