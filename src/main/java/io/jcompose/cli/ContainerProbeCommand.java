package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Style;
import io.jcompose.engine.ConfinementReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "probe",
    description = "Shows what a running container may and may not do, as the kernel has it.",
    sortOptions = false)
final class ContainerProbeCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "NAME", description = "A container's name or id")
  String name;

  @Option(names = "--format", paramLabel = "FORMAT", description = "text or json. Default: text")
  String format = "text";

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ContainerProbeCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--format", format, List.of("text", "json"));
    ConfinementReport report = context.engine().containers().probe(name);
    if (format.equals("json")) {
      Map<String, Object> data = Map.of("facts", report.facts(), "loosened", report.loosened());
      context.out().println(new ObjectMapper().valueToTree(data).toPrettyString());
      return 0;
    }
    Style style = context.style(context.out());
    int width = report.facts().keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
    report.facts().forEach(
        (topic, fact) ->
            context.out().println(style.bold(topic) + " ".repeat(width - topic.length()) + Printable.line(fact)));
    if (report.loosened().isEmpty()) {
      context.out().println("\nNothing loosens the default confinement.");
    } else {
      context.out().println("\n" + style.yellow("Loosened by its settings:"));
      report.loosened().forEach(line -> context.out().println("  " + Printable.line(line)));
    }
    return 0;
  }
}
