package io.jcompose.cli;

import io.jcompose.cli.render.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "container", description = "Single containers, of a project or not.", sortOptions = false)
final class ContainerCommand implements Runnable {
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ContainerCommand(CommandContext context) {
    this.context = context;
  }

  /**
   * With the verbs that are classes of their own.
   *
   * @param name the verb that the caller names
   */
  static CommandLine line(CommandContext context, String name) {
    CommandLine line = new CommandLine(new ContainerCommand(context));
    List<Object> verbs = new ArrayList<>();
    verbs.add(new ContainerRunCommand(context));
    verbs.add(new ContainerCreateCommand(context));
    verbs.add(new ContainerStartCommand(context));
    verbs.add(new ContainerInspectCommand(context));
    verbs.add(new ContainerListCommand(context));
    verbs.addAll(ContainerLifecycleCommands.all(context));
    verbs.add(new ContainerAttachCommand(context));
    verbs.add(new ContainerCpCommand(context));
    verbs.add(new ContainerExecCommand(context));
    verbs.add(new ContainerDiffCommand(context));
    verbs.add(new ContainerLogsCommand(context));
    verbs.add(new ContainerUpdateCommand(context));
    verbs.add(new ContainerPruneCommand(context));
    verbs.add(new ContainerStatsCommand(context));
    verbs.add(new ContainerPortCommand(context));
    verbs.add(new ContainerTopCommand(context));
    verbs.add(new ContainerExportCommand(context));
    verbs.add(new ContainerCommitCommand(context));
    verbs.add(new ContainerProbeCommand(context));
    named(name, verbs).forEach(line::addSubcommand);
    return line;
  }

  /**
   * The verb that the caller names, or all where it can't be told: reading a verb's flags takes longer than what it
   * does.
   */
  private static List<Object> named(String name, List<Object> verbs) {
    List<Object> named =
        verbs.stream()
            .filter(
                verb -> {
                  Command command = verb.getClass().getAnnotation(Command.class);
                  return command.name().equals(name) || List.of(command.aliases()).contains(name);
                })
            .toList();
    return named.isEmpty() ? verbs : named;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "say what: " + String.join(", ", new TreeSet<>(spec.subcommands().keySet())));
  }

  @Command(
      name = "explain",
      description = "Shows step by step what a container was made of, with the commands that do the same by hand.")
  int explain(@Parameters(paramLabel = "NAME", description = "A container's name or id") String name) {
    context.out().print(Printable.lines(context.engine().containers().explain(name)));
    return 0;
  }
}
