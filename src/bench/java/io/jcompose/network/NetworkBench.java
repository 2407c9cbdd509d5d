package io.jcompose.network;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How long it takes to make a network, to connect 50 containers to it, to publish their ports and
 * to take all of it away. As root, in a network namespace of its own: {@code unshare -n java -cp
 * <classes and dependencies> src/bench/java/io/jcompose/network/NetworkBench.java}.
 */
public final class NetworkBench {
  private static final int CONTAINERS = 50;
  private static final int ROUNDS = 8;

  private NetworkBench() {}

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory("network-bench");
    System.out.println(
        "ensure  connect p50   p90   max  reserve  publish  release  links gone  remove   (ms)");
    for (int round = 0; round < ROUNDS; round++) {
      round(directory);
    }
  }

  private static void round(Path directory) {
    try (Networks networks = Networks.open(directory, new Mark("bbbbbb"), Optional.empty())) {
      long start = System.nanoTime();
      Network network = networks.ensure(NetworkConfig.of("n", "bench"));
      double ensure = since(start);
      List<Fd> namespaces = new ArrayList<>();
      List<Endpoint> endpoints = new ArrayList<>();
      double[] connect = new double[CONTAINERS];
      for (int i = 0; i < CONTAINERS; i++) {
        Fd namespace = Namespaces.newNetwork();
        namespaces.add(namespace);
        Endpoint leased = networks.endpoints().lease(EndpointConfig.of("n", "c" + i));
        start = System.nanoTime();
        endpoints.addAll(networks.endpoints().connect(namespace, List.of(leased)));
        connect[i] = since(start);
      }
      Arrays.sort(connect);
      Ports ports = networks.ports();
      List<PortReservation> reserved = new ArrayList<>();
      start = System.nanoTime();
      for (int i = 0; i < CONTAINERS; i++) {
        reserved.addAll(ports.reserve("c" + i, List.of(PortSpec.tcp(9000 + i, 80))));
      }
      double reserve = since(start) / CONTAINERS;
      start = System.nanoTime();
      for (int i = 0; i < CONTAINERS; i++) {
        ports.publish(List.of(reserved.get(i)), network, endpoints.get(i));
      }
      double publish = since(start) / CONTAINERS;
      start = System.nanoTime();
      reserved.forEach(ports::release);
      double release = since(start) / CONTAINERS;
      start = System.nanoTime();
      namespaces.forEach(Fd::close);
      while (networks.endpoints().of("n").stream().anyMatch(Endpoint::connected)) {
        Thread.onSpinWait();
      }
      double gone = since(start);
      endpoints.forEach(networks.endpoints()::release);
      start = System.nanoTime();
      networks.remove("n");
      System.out.printf(
          "%6.1f %12.2f %5.2f %5.2f %8.2f %8.2f %8.2f %11.1f %7.1f%n",
          ensure,
          connect[CONTAINERS / 2],
          connect[CONTAINERS * 9 / 10],
          connect[CONTAINERS - 1],
          reserve,
          publish,
          release,
          gone,
          since(start));
    }
  }

  private static double since(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
