package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "port", description = "Shows where a container's ports are published.", sortOptions = false)
final class ContainerPortCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
  String name;

  @Parameters(index = "1", arity = "0..1", paramLabel = "PRIVATE_PORT[/PROTOCOL]", description = "Only this port of the container")
  String wanted;

  ContainerPortCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<ContainerView.Published> published =
        context.engine().containers().find(name).ports().stream().filter(p -> p.hostPort() != 0).toList();
    if (wanted == null) {
      published.forEach(p -> context.out().println(inside(p) + " -> " + ContainerText.hostSide(p)));
      return 0;
    }
    String port = wanted.contains("/") ? wanted : wanted + "/tcp";
    List<ContainerView.Published> matching = published.stream().filter(p -> inside(p).equals(port)).toList();
    if (matching.isEmpty()) {
      throw new EngineException("No public port '" + port + "' published for " + name);
    }
    matching.forEach(p -> context.out().println(ContainerText.hostSide(p)));
    return 0;
  }

  private static String inside(ContainerView.Published port) {
    return port.containerPort() + "/" + port.protocol();
  }
}
