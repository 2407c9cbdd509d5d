package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.StoredNetworks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "create", description = "Makes a network.", sortOptions = false)
final class NetworkCreateCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "NETWORK")
  String name;

  @Option(names = {"-d", "--driver"}, defaultValue = "bridge", description = "bridge")
  String driver;

  @Option(names = {"-o", "--opt"}, paramLabel = "KEY=VALUE", description = "Sets an option of the bridge")
  List<String> options = new ArrayList<>();

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Sets a label")
  List<String> labels = new ArrayList<>();

  @Option(names = "--internal", description = "Gives it no way out")
  boolean internal;

  @Option(names = "--attachable", description = "Notes that containers may be put on it by hand; they may anyway")
  boolean attachable;

  @Option(names = "--ipv4", negatable = true, defaultValue = "true", fallbackValue = "true", description = "Gives containers IPv4 addresses (they have them)")
  boolean ipv4;

  @Option(names = "--ipv6", negatable = true, description = "Gives containers IPv6 addresses")
  boolean ipv6;

  @Option(names = "--subnet", split = ",", paramLabel = "CIDR", description = "Its addresses: 172.28.0.0/16")
  List<String> subnets = new ArrayList<>();

  @Option(names = "--ip-range", split = ",", paramLabel = "CIDR", description = "The part of a subnet that addresses are chosen from")
  List<String> ranges = new ArrayList<>();

  @Option(names = "--gateway", split = ",", paramLabel = "ADDRESS", description = "The bridge's own address in a subnet")
  List<String> gateways = new ArrayList<>();

  @Option(names = "--aux-address", split = ",", paramLabel = "NAME=ADDRESS", description = "An address that nobody gets")
  List<String> auxiliary = new ArrayList<>();

  @Option(names = "--ipam-driver", defaultValue = "default", description = "default")
  String ipamDriver;

  @Option(names = "--ipam-opt", paramLabel = "KEY=VALUE", description = "Accepted; the driver default has none")
  List<String> ipamOptions = new ArrayList<>();

  @Option(names = "--scope", defaultValue = "local", description = "local")
  String scope;

  NetworkCreateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (!scope.equals("local")) {
      throw new EngineException("there are no networks of scope " + scope + " here; the one there is is local");
    }
    String id =
        context
            .engine()
            .storedNetworks()
            .create(
                new StoredNetworks.Request(
                    name, driver, ipamDriver, subnets, ranges, gateways, Pairs.of(auxiliary), ipv6, !ipv4, internal, attachable, Pairs.of(options),
                    Pairs.of(labels)));
    context.out().println(id);
    return 0;
  }
}
