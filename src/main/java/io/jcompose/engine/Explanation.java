package io.jcompose.engine;

import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Mount;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.network.Endpoint;
import io.jcompose.network.Network;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the engine makes around a container's process, with the commands that do the same by hand. The
 * process's own steps are the program's to tell.
 */
final class Explanation {
  private final ContainerRecord record;
  private final StringBuilder text = new StringBuilder();

  Explanation(ContainerRecord record) {
    this.record = record;
  }

  /**
   * @param folder the container's folder
   * @param layers what its writable layer lies on, the top-most first
   * @param group the control group's name below each hierarchy
   * @param endpoints its places, and the networks that they are in
   * @param ports what is published now
   */
  String tell(
      Path folder,
      List<Path> layers,
      String group,
      List<Endpoint> endpoints,
      List<Network> networks,
      List<ContainerView.Published> ports) {
    heading("Container " + record.name() + ", made of image " + record.image());
    heading("Around the process:");
    root(folder, layers);
    volumes();
    limits(group);
    network(endpoints, networks);
    published(ports);
    heading("The process itself:");
    return text.toString();
  }

  private void heading(String line) {
    text.append(line).append('\n');
  }

  private void say(String what, String... commands) {
    text.append("  -  ").append(what).append('\n');
    for (String command : commands) {
      text.append("       $ ").append(command).append('\n');
    }
  }

  private void root(Path folder, List<Path> layers) {
    int own = record.spec().root().layers().size();
    say(
        "lays a writable layer over the image's " + own + " layer" + (own == 1 ? "" : "s")
            + " and one of empty mount points, in a mount namespace of its own, and takes it as a detached tree",
        "mount -t overlay overlay -o lowerdir=" + layers.stream().map(Path::toString).collect(Collectors.joining(":"))
            + ",upperdir=" + folder + "/upper,workdir=" + folder + "/work /mnt");
  }

  private void volumes() {
    for (Mount mount : record.spec().mounts()) {
      switch (mount) {
        case Mount.Volume volume when volume.source().isEmpty() ->
            say(
                "mounts the file system of volume " + volume.name() + ", unless another container has it mounted",
                "mount -t " + volume.fileSystem().type() + " -o " + volume.fileSystem().options() + " "
                    + volume.fileSystem().device() + " PLACE");
        case Mount.Volume volume ->
            say(
                "fills the volume " + volume.name() + " with the image's " + volume.target() + " if it is empty",
                "cp -a IMAGE" + volume.target() + "/. " + volume.source());
        case Mount.Bind bind -> say("opens " + bind.source() + " of the host for " + bind.target());
        case Mount.Image image ->
            say("lays the layers of image " + image.image() + " over each other for " + image.target());
        case Mount.File file ->
            say("writes " + file.name() + " into a tmpfs of its own and takes it, read-only, for " + file.target());
        case Mount.Tmpfs _ -> {
          // Made by the process itself.
        }
      }
    }
  }

  private void limits(String group) {
    List<String> limits = new ArrayList<>();
    var asked = record.spec().limits();
    if (asked.memory() > 0) {
      limits.add("echo " + asked.memory() + " > /sys/fs/cgroup/memory" + group + "/memory.limit_in_bytes");
    }
    if (asked.nanoCpus() > 0) {
      limits.add("echo " + asked.nanoCpus() / 10_000 + " > /sys/fs/cgroup/cpu" + group + "/cpu.cfs_quota_us");
    }
    if (asked.pids() > 0) {
      limits.add("echo " + asked.pids() + " > /sys/fs/cgroup/pids" + group + "/pids.max");
    }
    say("makes a control group with its limits and device rules in every hierarchy", "mkdir /sys/fs/cgroup/*" + group);
    limits.forEach(limit -> text.append("       $ ").append(limit).append('\n'));
  }

  private void network(List<Endpoint> endpoints, List<Network> networks) {
    if (record.networkMode().equals("host")) {
      say("leaves it in the host's network namespace");
      return;
    }
    if (record.networkMode().equals("container")) {
      say("shares the network namespace of container " + record.networkOwner().substring(0, 12));
      return;
    }
    say("makes a network namespace", "ip netns add NS && ip -n NS link set lo up");
    for (int i = 0; i < endpoints.size(); i++) {
      endpoint(endpoints.get(i), networks.get(i));
    }
    if (!endpoints.isEmpty()) {
      say(
          "opens the DNS sockets inside and leads port 53 of 127.0.0.11 to them",
          "ip netns exec NS nft add rule ip nat output ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:PORT");
    }
  }

  private void endpoint(Endpoint endpoint, Network network) {
    List<String> commands = new ArrayList<>();
    String host = endpoint.connected() ? endpoint.hostLink() : "VETH";
    String inside = endpoint.connected() ? endpoint.interfaceName() : "eth0";
    commands.add(
        "ip link add " + host + " type veth peer name " + inside + " netns NS address " + endpoint.mac());
    commands.add("ip link set " + host + " master " + network.bridge() + " up");
    for (Endpoint.Address address : endpoint.addresses()) {
      commands.add(
          "ip -n NS address add " + address.address().getHostAddress() + "/" + address.prefix() + " dev " + inside);
    }
    commands.add("ip -n NS link set " + inside + " up");
    if (!network.config().internal()) {
      commands.add("ip -n NS route add default via " + endpoint.addresses().getFirst().gateway().getHostAddress());
    }
    say("connects it to network " + network.name() + ", bridge " + network.bridge(), commands.toArray(String[]::new));
  }

  private void published(List<ContainerView.Published> ports) {
    for (ContainerView.Published port : ports) {
      if (port.hostPort() > 0) {
        say(
            String.format(
                Locale.ROOT, "reserves port %d of %s by listening, and leads it to port %d by NAT",
                port.hostPort(), port.hostAddress(), port.containerPort()));
      }
    }
  }
}
