package io.jcompose.e2e;

import io.jcompose.linux.Fd;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** What is in the test's network namespace; and in the one that the test itself lives in, what bears the mark. */
final class OwnLinks {
  private final Fd network;
  private final String mark;

  OwnLinks(Fd network, String mark) {
    this.network = network;
    this.mark = mark;
  }

  Set<String> links() {
    Set<String> found = new TreeSet<>(linkNames(inside("ip", "-o", "link"), name -> true));
    found.addAll(linkNames(Host.run("ip", "-o", "link").out(), name -> name.startsWith("jc" + mark)));
    return found;
  }

  private static Set<String> linkNames(String text, Predicate<String> wanted) {
    return text.lines()
        .map(line -> line.replaceFirst("^\\d+: ([^:@]+).*", "$1"))
        .filter(wanted)
        .collect(Collectors.toSet());
  }

  Set<String> tables() {
    Set<String> found = new TreeSet<>(inside("nft", "list", "tables").lines().toList());
    Host.run("nft", "list", "tables").out().lines().filter(line -> line.contains(mark)).forEach(found::add);
    return found;
  }

  /** Sockets that listen in the namespace, as protocol and address in the kernel's notation. */
  Set<String> listeners() {
    Set<String> found = new TreeSet<>();
    for (String protocol : List.of("tcp", "tcp6", "udp", "udp6")) {
      String listening = protocol.startsWith("tcp") ? "0A" : "07";
      for (String line : inside("cat", "/proc/net/" + protocol).lines().skip(1).toList()) {
        String[] fields = line.strip().split("\\s+");
        if (fields[3].equals(listening)) {
          found.add(protocol + " " + fields[1]);
        }
      }
    }
    return found;
  }

  private String inside(String... command) {
    List<String> entered =
        new ArrayList<>(
            List.of("nsenter", "--net=/proc/" + ProcessHandle.current().pid() + "/fd/" + network.number()));
    entered.addAll(List.of(command));
    return Host.run(Path.of("/"), entered).ok().out();
  }
}
