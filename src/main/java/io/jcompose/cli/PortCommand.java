package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "port", description = "Shows where a service's port is published.", sortOptions = false)
final class PortCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SERVICE", description = "Whose port")
  String service;

  @Parameters(index = "1", paramLabel = "PRIVATE_PORT", description = "The port in the container")
  int port;

  @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "tcp or udp. Default: tcp")
  String protocol = "tcp";

  @Option(names = "--index", paramLabel = "N", description = "Which container of the service")
  int index;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  PortCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--protocol", protocol, List.of("tcp", "udp"));
    ContainerView container = new ContainerChoice(context).one(service, index);
    ContainerView.Published published =
        container.ports().stream()
            .filter(p -> p.hostPort() != 0 && p.containerPort() == port && p.protocol().equals(protocol))
            .findFirst()
            .orElseThrow(
                () ->
                    new EngineException(
                        "no port " + port + "/" + protocol + " for container " + container.name() + ": "
                            + ContainerText.ports(container)));
    context.out().println(ContainerText.hostSide(published));
    return 0;
  }
}
