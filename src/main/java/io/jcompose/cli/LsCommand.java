package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.ProjectView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "ls", description = "Lists the projects that run.", sortOptions = false)
final class LsCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-a", "--all"}, description = "Lists those that don't run, too")
  boolean all;

  @Option(names = {"-q", "--quiet"}, description = "Shows names only")
  boolean quiet;

  @Option(names = "--filter", paramLabel = "name=PATTERN", description = "Only projects whose name matches")
  List<String> filters = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "table or json. Default: table")
  String format = "table";

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  LsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--format", format, List.of("table", "json"));
    List<Pattern> names = filters.stream().map(this::name).toList();
    List<ProjectView> projects =
        context.engine().containers().projects().stream()
            .filter(p -> all || p.runs())
            .filter(p -> names.isEmpty() || names.stream().anyMatch(n -> n.matcher(p.name()).find()))
            .toList();
    if (quiet) {
      projects.forEach(p -> context.out().println(p.name()));
    } else if (format.equals("json")) {
      context.out().println(json(projects));
    } else {
      Table table = new Table("NAME", "STATUS", "CONFIG FILES");
      projects.forEach(p -> table.row(p.name(), p.status(), String.join(",", p.files())));
      context.out().print(table.toString());
    }
    return 0;
  }

  private Pattern name(String filter) {
    if (filter.startsWith("name=")) {
      try {
        return Pattern.compile(filter.substring("name=".length()));
      } catch (PatternSyntaxException e) {
        throw new CommandLine.ParameterException(spec.commandLine(), "--filter " + filter + ": " + e.getDescription());
      }
    }
    throw new CommandLine.ParameterException(
        spec.commandLine(), "--filter " + filter + ": the one filter there is is name=PATTERN");
  }

  private static String json(List<ProjectView> projects) {
    ArrayNode list = new ObjectMapper().createArrayNode();
    projects.forEach(
        p ->
            list.addObject()
                .put("Name", p.name())
                .put("Status", p.status())
                .put("ConfigFiles", String.join(",", p.files())));
    return list.toString();
  }
}
