package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "inspect", description = "Shows all that is known of containers.", sortOptions = false)
final class ContainerInspectCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
  List<String> names = new ArrayList<>();

  @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "json, or a template such as {{.State.Status}}")
  String format = "";

  @Option(names = {"-s", "--size"}, hidden = true, description = "Taken as Docker's tools do")
  boolean size;

  ContainerInspectCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<ObjectNode> found = new ArrayList<>();
    int code = 0;
    for (String name : names) {
      try {
        found.add(context.engine().details().inspect(name));
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    context.out().print(ListFormat.inspect(format, found));
    return code;
  }
}
