package io.jcompose.cli;

import io.jcompose.engine.StoredNetworks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "connect", description = "Puts a container on a network, while it runs too.", sortOptions = false)
final class NetworkConnectCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "NETWORK")
  String network;

  @Parameters(index = "1", paramLabel = "CONTAINER")
  String container;

  @Option(names = "--alias", paramLabel = "NAME", description = "A name that it answers to there")
  List<String> aliases = new ArrayList<>();

  @Option(names = "--ip", defaultValue = "", paramLabel = "ADDRESS", description = "Its IPv4 address there")
  String ipv4;

  @Option(names = "--ip6", defaultValue = "", paramLabel = "ADDRESS", description = "Its IPv6 address there")
  String ipv6;

  @Option(names = "--link-local-ip", paramLabel = "ADDRESS", description = "A further address for the link only")
  List<String> linkLocal = new ArrayList<>();

  @Option(names = "--link", paramLabel = "CONTAINER[:ALIAS]", description = "A name that it has for another container")
  List<String> links = new ArrayList<>();

  @Option(names = "--driver-opt", paramLabel = "KEY=VALUE", description = "Sets an option of the interface")
  List<String> options = new ArrayList<>();

  @Option(names = "--gw-priority", defaultValue = "0", paramLabel = "N", description = "The network with the highest gives the default route")
  int gatewayPriority;

  NetworkConnectCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    context
        .engine()
        .storedNetworks()
        .connect(
            network,
            container,
            new StoredNetworks.Place(
                aliases, ipv4, ipv6, linkLocal, NetworkCommand.links(links), Pairs.of(options), gatewayPriority));
    return 0;
  }
}
