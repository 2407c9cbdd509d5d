package io.jcompose.container;

import io.jcompose.container.cgroup.DeviceRule;
import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks up the devices of the host that a container is given. */
final class HostDevices {
  private static final int MAX_DEPTH = 8;

  /** What below /dev is no device of the machine, but something that is made anew for each container. */
  private static final Set<String> NOT_GIVEN =
      Set.of(
          "/dev/pts", "/dev/shm", "/dev/fd", "/dev/mqueue", "/dev/console", "/dev/.udev", "/dev/ptmx",
          "/dev/.lxc", "/dev/.lxd-mounts");

  private HostDevices() {}

  /** Nodes to make, and the rules that let them be used. */
  record Found(List<DeviceNode> nodes, List<DeviceRule> rules) {}

  /** What {@code spec} asks for; a privileged container gets every device there is. */
  static Found of(ContainerSpec spec) {
    List<DeviceNode> nodes = new ArrayList<>();
    List<DeviceRule> rules = new ArrayList<>(DeviceRule.DEFAULT);
    if (spec.confinement().privileged()) {
      collect("/dev", "/dev", 0, nodes);
    }
    for (Device device : spec.devices()) {
      int before = nodes.size();
      collect(device.source(), device.target(), 0, nodes);
      if (nodes.size() == before) {
        throw new StartException(
            125, device.source() + " is not a device of this host; see devices of " + spec.name());
      }
      for (DeviceNode node : nodes.subList(before, nodes.size())) {
        char type = (node.mode() & Fs.S_IFMT) == Fs.S_IFBLK ? 'b' : 'c';
        rules.add(new DeviceRule(type, node.major(), node.minor(), device.permissions()));
      }
    }
    spec.confinement().deviceRules().forEach(text -> rules.add(DeviceRule.parse(text)));
    return new Found(nodes, spec.confinement().privileged() ? DeviceRule.ALL : rules);
  }

  /** A symbolic link is followed here, once, and never by the container. */
  private static void collect(String source, String target, int depth, List<DeviceNode> nodes) {
    if (NOT_GIVEN.contains(target) && depth > 0 || depth > MAX_DEPTH) {
      return;
    }
    Fd place = open(source, depth);
    if (place == null) {
      return;
    }
    try (place) {
      Fs.Stat stat = Fs.stat(place);
      if (stat.isDirectory()) {
        for (Fs.Entry entry : Fs.list(place)) {
          String name = "/" + new String(entry.name(), StandardCharsets.UTF_8);
          if (!isLink(entry)) {
            collect(source + name, target + name, depth + 1, nodes);
          }
        }
      } else if (stat.type() == Fs.S_IFCHR || stat.type() == Fs.S_IFBLK) {
        nodes.add(
            new DeviceNode(
                target, stat.mode(), stat.rdevMajor(), stat.rdevMinor(), stat.uid(), stat.gid()));
      }
    }
  }

  private static boolean isLink(Fs.Entry entry) {
    int link = 10;
    return entry.type() == link;
  }

  private static Fd open(String source, int depth) {
    try {
      return Fs.open(source, Fs.O_PATH, 0);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT) && depth > 0) {
        return null; // gone since the folder was listed
      }
      if (e.is(Errno.ENOENT)) {
        throw new StartException(125, "the device " + source + " does not exist on this host", e);
      }
      throw e;
    }
  }
}
