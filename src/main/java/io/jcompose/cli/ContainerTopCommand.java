package io.jcompose.cli;

import io.jcompose.cli.render.Table;
import io.jcompose.engine.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "top", description = "Shows the processes of a container.", sortOptions = false)
final class ContainerTopCommand implements Callable<Integer>, RunsProgram {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  String name;

  @Parameters(index = "1..*", paramLabel = "OPTION", description = "For the host's ps, such as aux or -o pid,comm. Default: -ef")
  List<String> options = new ArrayList<>();

  ContainerTopCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ProcessTable processes = context.engine().containers().top(name, options);
    Table table = new Table(processes.headings().toArray(String[]::new));
    processes.rows().forEach(row -> table.row(row.toArray(String[]::new)));
    context.out().print(table.toString());
    return 0;
  }
}
