package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import io.jcompose.compose.ComposeException;
import io.jcompose.engine.CancelledException;
import io.jcompose.engine.Engine;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import io.jcompose.linux.LinuxException;
import io.jcompose.nearest.Nearest;
import io.jcompose.plan.PlanException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** Finds the command that an invocation names, runs it and turns what goes wrong into a message and a code. */
public final class Commands {
  static final int USAGE = 2;
  static final int INTERRUPTED = 130;

  /**
   * A command.
   *
   * @param local whether it needs no engine
   * @param group whether it has so many verbs below it that only the one that is named is made
   * @param make makes it, with the argument that follows its name if it is a group
   */
  private record Entry(boolean local, boolean group, BiFunction<CommandContext, String, Object> make) {
    Entry(boolean local, Function<CommandContext, Object> make) {
      this(local, false, (context, _) -> make.apply(context));
    }
  }

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

  static {
    ENTRIES.put("up", new Entry(false, UpCommand::new));
    ENTRIES.put("down", new Entry(false, DownCommand::new));
    ENTRIES.put("ps", new Entry(false, PsCommand::new));
    ENTRIES.put("logs", new Entry(false, LogsCommand::new));
    ENTRIES.put("create", new Entry(false, CreateCommand::new));
    ENTRIES.put("scale", new Entry(false, ScaleCommand::new));
    ENTRIES.put("ls", new Entry(false, LsCommand::new));
    ENTRIES.put("run", new Entry(false, RunCommand::new));
    ENTRIES.put("exec", new Entry(false, ExecCommand::new));
    ENTRIES.put("start", new Entry(false, StartCommand::new));
    ENTRIES.put("stop", new Entry(false, StopCommand::new));
    ENTRIES.put("restart", new Entry(false, RestartCommand::new));
    ENTRIES.put("kill", new Entry(false, KillCommand::new));
    ENTRIES.put("pause", new Entry(false, PauseCommand::new));
    ENTRIES.put("unpause", new Entry(false, UnpauseCommand::new));
    ENTRIES.put("rm", new Entry(false, RmCommand::new));
    ENTRIES.put("wait", new Entry(false, WaitCommand::new));
    ENTRIES.put("port", new Entry(false, PortCommand::new));
    ENTRIES.put("cp", new Entry(false, CpCommand::new));
    ENTRIES.put("attach", new Entry(false, AttachCommand::new));
    ENTRIES.put("events", new Entry(false, EventsCommand::new));
    ENTRIES.put("stats", new Entry(false, StatsCommand::new));
    ENTRIES.put("top", new Entry(false, TopCommand::new));
    ENTRIES.put("watch", new Entry(false, WatchCommand::new));
    ENTRIES.put("build", new Entry(false, BuildCommand::new));
    ENTRIES.put("plan", new Entry(false, PlanCommand::new));
    ENTRIES.put("why", new Entry(false, WhyCommand::new));
    ENTRIES.put("config", new Entry(true, ConfigCommand::new));
    ENTRIES.put("image", new Entry(false, ImageCommand::line));
    ENTRIES.put("builder", new Entry(false, BuilderCommand::line));
    ENTRIES.put("export", new Entry(false, ExportCommand::new));
    ENTRIES.put("commit", new Entry(false, CommitCommand::new));
    ENTRIES.put("images", new Entry(false, ImagesCommand::new));
    ENTRIES.put("pull", new Entry(false, PullCommand::new));
    ENTRIES.put("push", new Entry(false, PushCommand::new));
    // Docker's short names for verbs over images.
    ENTRIES.put("rmi", new Entry(false, ImageRemoveCommand::new));
    ENTRIES.put("tag", new Entry(false, ImageTagCommand::new));
    ENTRIES.put("history", new Entry(false, ImageHistoryCommand::new));
    ENTRIES.put("save", new Entry(false, ImageSaveCommand::new));
    ENTRIES.put("load", new Entry(false, ImageLoadCommand::new));
    ENTRIES.put("import", new Entry(false, ImageImportCommand::new));
    ENTRIES.put("system", new Entry(false, SystemCommand::line));
    ENTRIES.put("info", new Entry(false, InfoCommand::new));
    ENTRIES.put("login", new Entry(false, LoginCommand::new));
    ENTRIES.put("logout", new Entry(false, LogoutCommand::new));
    ENTRIES.put("network", new Entry(false, NetworkCommand::line));
    ENTRIES.put("volume", new Entry(false, VolumeCommand::line));
    ENTRIES.put("volumes", new Entry(false, VolumesCommand::new));
    ENTRIES.put("inspect", new Entry(false, InspectCommand::new));
    ENTRIES.put("container", new Entry(false, true, ContainerCommand::line));
    ENTRIES.put("engine", new Entry(false, EngineCommand::new));
    ENTRIES.put("doctor", new Entry(true, DoctorCommand::new));
    ENTRIES.put("completion", new Entry(true, CompletionCommand::new));
    ENTRIES.put("complete-words", new Entry(true, CompleteWordsCommand::new));
    ENTRIES.put("version", new Entry(true, VersionCommand::new));
    ENTRIES.put("help", new Entry(true, HelpCommand::new));
  }

  /** Other names of commands, which their classes have as well. */
  private static final Map<String, String> ALIASES = Map.of("convert", "config", "buildx", "builder");

  /** Options before the verb that take a value; {@code --option=value} is one argument. */
  static final List<String> OPTIONS_WITH_VALUE =
      List.of(
          "-f", "--file", "-p", "--project-name", "--project-directory", "--env-file", "--profile",
          "--progress", "--ansi", "--parallel");

  /** Those that change something and can't say what it would be. */
  private static final Set<String> WITHOUT_DRY_RUN =
      Set.of(
          "attach", "builder", "commit", "container", "cp", "engine", "exec", "image", "import", "load", "login", "logout",
          "network", "rmi", "system", "tag", "volume", "watch");

  private Commands() {}

  /** The table for the client, {@code lib/verbs} of client.md. */
  static String verbTable() {
    StringBuilder table = new StringBuilder();
    ENTRIES.forEach(
        (name, entry) -> {
          if (entry.local) {
            table.append("verb ").append(name).append('\n');
          }
        });
    ALIASES.forEach(
        (name, of) -> {
          if (ENTRIES.get(of).local) {
            table.append("verb ").append(name).append('\n');
          }
        });
    EngineCommand.WITHOUT_START.forEach(name -> table.append("idle engine ").append(name).append('\n'));
    OPTIONS_WITH_VALUE.forEach(option -> table.append("option ").append(option).append('\n'));
    return table.toString();
  }

  /** The command that the arguments name. */
  static CommandName name(List<String> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (OPTIONS_WITH_VALUE.contains(argument)) {
        i++;
      } else if (!argument.startsWith("-")) {
        String verb = ALIASES.getOrDefault(argument, argument);
        boolean verbFollows = ENTRIES.containsKey(verb) && ENTRIES.get(verb).group && i + 1 < arguments.size();
        return new CommandName(verb, verbFollows ? arguments.get(i + 1) : "");
      }
    }
    return CommandName.NONE;
  }

  /** What reads the arguments of a command, and runs it, for one call at a time. */
  static CommandModel model(CommandName name, Optional<Engine> engine) {
    GlobalOptions options = new GlobalOptions();
    CommandContext context = new CommandContext(options, engine);
    CommandLine root = new CommandLine(options);
    if (ENTRIES.containsKey(name.verb())) {
      root.addSubcommand(name.verb(), ENTRIES.get(name.verb()).make.apply(context, name.next()));
      root.getSubcommands().get(name.verb()).setCommandName(name.verb()); // "rmi" is "rm" below "image"
      leaveProgramsAlone(root);
    }
    giveHelp(root);
    root.setCaseInsensitiveEnumValuesAllowed(true);
    root.setExecutionStrategy(parsed -> carryOut(parsed, name.verb(), context));
    root.setParameterExceptionHandler((e, _) -> usageError(firstFault(e), context));
    root.setExecutionExceptionHandler((e, _, _) -> failure(e, context));
    return new CommandModel(name, root, context);
  }

  /** Runs the invocation to its end and returns its exit code. */
  public static int run(Invocation invocation, Optional<Engine> engine) {
    return run(invocation, model(name(invocation.arguments()), engine));
  }

  /** As {@link #run(Invocation, Optional)}, with the model of the command that it names. */
  static int run(Invocation invocation, CommandModel model) {
    try {
      return execute(invocation, model);
    } catch (Output.ClosedException e) {
      return 1;
    }
  }

  private static int execute(Invocation invocation, CommandModel model) {
    String verb = model.name().verb();
    if (!verb.isEmpty() && !ENTRIES.containsKey(verb)) {
      invocation.err().println(unknownVerb(verb));
      return USAGE;
    }
    CommandContext context = model.context();
    context.serve(invocation);
    CommandLine root = model.line();
    StringWriter help = new StringWriter();
    root.setOut(new PrintWriter(help));
    root.setErr(new PrintWriter(help));
    if (invocation.arguments().stream().anyMatch("--help"::equals) && verb.isEmpty()) {
      addAll(root, context);
    }
    int code = root.execute(invocation.arguments().toArray(String[]::new));
    if (!help.toString().isEmpty()) {
      invocation.out().print(help.toString());
    }
    return code;
  }

  private static int carryOut(CommandLine.ParseResult parsed, String verb, CommandContext context) {
    Invocation invocation = context.invocation();
    GlobalOptions options = context.options();
    options.ansi = fallback(invocation, options.ansi, "COMPOSE_ANSI");
    options.progress = fallback(invocation, options.progress, "COMPOSE_PROGRESS");
    Choice.check(parsed.commandSpec(), "--ansi", options.ansi, List.of("never", "always", "auto"));
    Choice.check(
        parsed.commandSpec(), "--progress", options.progress, List.of("auto", "tty", "plain", "json", "quiet"));
    if (!parsed.hasSubcommand()) {
      return withoutVerb(context);
    }
    if (options.dryRun && WITHOUT_DRY_RUN.contains(verb)) {
      invocation.err().println("jcompose: \"" + verb + "\" has no dry run, and was not carried out");
      return USAGE;
    }
    return new CommandLine.RunLast().execute(parsed);
  }

  private static String fallback(Invocation invocation, String given, String variable) {
    String set = invocation.environment().getOrDefault(variable, "");
    return given != null ? given : set.isEmpty() ? "auto" : set;
  }

  private static void leaveProgramsAlone(CommandLine line) {
    for (CommandLine sub : line.getSubcommands().values()) {
      sub.setStopAtPositional(sub.getCommand() instanceof RunsProgram);
      leaveProgramsAlone(sub);
    }
  }

  /** Gives every command below {@code line} a --help that it does not declare itself. */
  private static void giveHelp(CommandLine line) {
    for (CommandLine sub : line.getSubcommands().values()) {
      if (sub.getCommandSpec().findOption("--help") == null) {
        sub.getCommandSpec()
            .addOption(
                CommandLine.Model.OptionSpec.builder("-h", "--help")
                    .usageHelp(true)
                    .description("Shows this help")
                    .build());
      }
      giveHelp(sub);
    }
  }

  /** All commands, for whoever asks what there is. */
  static CommandLine all(CommandContext context, GlobalOptions options) {
    CommandLine root = new CommandLine(options);
    addAll(root, context);
    giveHelp(root);
    return root;
  }

  private static void addAll(CommandLine root, CommandContext context) {
    ENTRIES.forEach((name, entry) -> root.addSubcommand(name, entry.make.apply(context, "")));
  }

  private static int withoutVerb(CommandContext context) {
    if (context.options().version) {
      return new VersionCommand(context).call();
    }
    context.out().print(help(context));
    return 0;
  }

  /** The overview of all commands. */
  static String help(CommandContext context) {
    CommandLine root = new CommandLine(new GlobalOptions());
    addAll(root, context);
    return root.getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /** Prints the help of one command, such as {@code image ls}. */
  static int helpOf(List<String> path, CommandContext context) {
    CommandLine line = new CommandLine(new GlobalOptions());
    addAll(line, context);
    for (String name : path) {
      CommandLine next = line.getSubcommands().get(name);
      if (next == null) {
        context.err().println(unknownVerb(name));
        return USAGE;
      }
      line = next;
    }
    context.out().print(line.getUsageMessage(CommandLine.Help.Ansi.OFF));
    return 0;
  }

  private static String unknownVerb(String verb) {
    return "jcompose: there is no command \"" + Printable.line(verb) + "\"" + Nearest.suggestion(verb, ENTRIES.keySet())
        + "\nRun \"jcompose --help\" for a list.";
  }

  /** An option that nobody knows comes before what is missing without it. */
  private static CommandLine.ParameterException firstFault(CommandLine.ParameterException e) {
    List<String> unmatched = e.getCommandLine().getUnmatchedArguments();
    return e instanceof CommandLine.MissingParameterException && unmatched.stream().anyMatch(a -> a.startsWith("-"))
        ? new CommandLine.UnmatchedArgumentException(e.getCommandLine(), unmatched)
        : e;
  }

  private static int usageError(CommandLine.ParameterException e, CommandContext context) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    StringBuilder message = new StringBuilder(name + ": " + Printable.line(usageMessage(e)));
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String argument = unmatched.getUnmatched().getFirst().split("=", 2)[0];
      message.append(suggestion(argument, e.getCommandLine().getCommandSpec()));
      message.append(imageVerb(e.getCommandLine().getCommandName(), argument, context));
    }
    message.append("\nRun \"").append(name).append(" --help\" for what it takes.");
    context.err().println(message.toString());
    return usageCode(e);
  }

  /** What follows a command that has others below it was meant for one of them. */
  private static String usageMessage(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && !e.getCommandLine().getSubcommands().isEmpty()
        && !unmatched.getUnmatched().getFirst().startsWith("-")) {
      return "there is no command \"" + unmatched.getUnmatched().getFirst() + "\"";
    }
    return e.getMessage();
  }

  /** Docker's tools have verbs of one name for services and for images, such as {@code build}. */
  private static String imageVerb(String verb, String option, CommandContext context) {
    CommandLine image = ImageCommand.line(context).getSubcommands().get(verb);
    boolean known = image != null && image.getCommandSpec().findOption(option) != null;
    return known ? "; \"jcompose image " + verb + "\" has it, which is for images of no project" : "";
  }

  private static String suggestion(String argument, CommandLine.Model.CommandSpec command) {
    if (argument.startsWith("--")) {
      return Nearest.suggestion(argument, command.optionsMap().keySet());
    }
    // A letter is like every other.
    return argument.startsWith("-") ? "" : Nearest.suggestion(argument, command.subcommands().keySet());
  }

  /** Below {@code container} as Docker has it: 125 for options, 1 where names are missing; 2 elsewhere. */
  private static int usageCode(CommandLine.ParameterException e) {
    boolean ofContainers = false;
    for (CommandLine line = e.getCommandLine(); line != null; line = line.getParent()) {
      ofContainers |= line.getCommand() instanceof ContainerCommand;
    }
    if (!ofContainers) {
      return USAGE;
    }
    return e instanceof CommandLine.MissingParameterException missing
            && missing.getMissing().stream().allMatch(CommandLine.Model.ArgSpec::isPositional)
        ? 1
        : CreateFlags.FAILED;
  }

  private static int failure(Exception e, CommandContext context) {
    if (e instanceof Output.ClosedException closed) {
      throw closed;
    }
    if (e instanceof CancelledException) {
      return INTERRUPTED;
    }
    context.err().println(Printable.lines(message(e)));
    if (context.options().debug || !expected(e)) {
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      if (context.options().debug) {
        context.err().print(trace.toString());
      } else {
        System.getLogger("cli").log(System.Logger.Level.ERROR, "a command failed unexpectedly", e);
      }
    }
    return e instanceof EngineException engine ? engine.exitCode() : 1;
  }

  /** Failures whose message is meant for the user; anything else is a fault of ours. */
  private static boolean expected(Exception e) {
    return e instanceof ComposeException
        || e instanceof EngineException
        || e.getClass().getName().startsWith("io.jcompose.") && !(e instanceof LinuxException);
  }

  private static String message(Exception e) {
    if (e instanceof ComposeException compose) {
      return compose.problems().stream()
          .map(problem -> (problem.mark().isEmpty() ? "jcompose: " : "") + problem.render())
          .collect(Collectors.joining("\n"));
    }
    if (e instanceof PlanException plan && plan.isPlaced()) {
      return e.getMessage();
    }
    if (expected(e)) {
      return "jcompose: " + e.getMessage();
    }
    if (e instanceof java.io.UncheckedIOException io && io.getMessage().contains("No space left on device")) {
      return "jcompose: the disk that holds the engine's data is full; make room (\"jcompose down\" and"
          + " \"jcompose image prune\" do), then try again";
    }
    String what = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return "jcompose: " + Printable.line(what) + " (run with --debug before the command for more)";
  }
}
