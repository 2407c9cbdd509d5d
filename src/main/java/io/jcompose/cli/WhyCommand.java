package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Style;
import io.jcompose.engine.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "why",
    description = "Says why services are in the state they are in: what they wait for, what ended them.",
    sortOptions = false)
final class WhyCommand implements Callable<Integer> {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only these. Default: all")
  List<String> services = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "text or json. Default: text")
  String format = "text";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  WhyCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--format", format, List.of("text", "json"));
    List<Reason> reasons = context.engine().reasons().of(new ProjectSource(context).load(), services);
    if (format.equals("json")) {
      context.out().println(json(reasons).toPrettyString());
    } else {
      Style style = context.style(context.out());
      reasons.forEach(reason -> print(reason, style, ""));
    }
    return 0;
  }

  private void print(Reason reason, Style style, String indent) {
    context.out().println(
        indent + style.bold(reason.subject()) + " is " + reason.state() + ": " + Printable.line(reason.text()));
    reason.lastLines().forEach(line -> context.out().println(indent + "  " + style.dim("| " + Printable.line(line))));
    reason.because().forEach(cause -> print(cause, style, indent + "  "));
  }

  private static ArrayNode json(List<Reason> reasons) {
    ArrayNode all = MAPPER.createArrayNode();
    for (Reason reason : reasons) {
      ObjectNode node = all.addObject();
      node.put("name", reason.subject());
      node.put("service", reason.service());
      node.put("state", reason.state());
      node.put("reason", reason.text());
      ArrayNode lines = node.putArray("lastLines");
      reason.lastLines().forEach(lines::add);
      node.set("because", json(reason.because()));
    }
    return all;
  }
}
