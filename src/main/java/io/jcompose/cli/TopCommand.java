package io.jcompose.cli;

import io.jcompose.cli.render.Table;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.ProcessTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "top", description = "Shows the processes of running containers.", sortOptions = false)
final class TopCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the containers of these")
  List<String> services = new ArrayList<>();

  TopCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Table table = null;
    for (ContainerView container : new ContainerChoice(context).of(services)) {
      if (container.pid() == 0) {
        continue;
      }
      ProcessTable processes = context.engine().containers().top(container.id(), List.of());
      if (table == null) {
        table = new Table(line("SERVICE", "#", processes.headings()));
      }
      for (List<String> row : processes.rows()) {
        table.row(line(container.service(), container.number() == 0 ? "-" : Integer.toString(container.number()), row));
      }
    }
    if (table != null) {
      context.out().print(table.toString());
    }
    return 0;
  }

  private static String[] line(String service, String number, List<String> cells) {
    List<String> all = new ArrayList<>(List.of(service, number));
    all.addAll(cells);
    return all.toArray(String[]::new);
  }
}
