package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.container.Confinement;
import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Mount;
import io.jcompose.container.NamespaceMode;
import io.jcompose.container.cgroup.Limits;
import io.jcompose.container.security.SeccompChoice;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.PublishedPort;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** {@code HostConfig} of an inspected container: what it gets of this host. */
final class InspectedHostConfig {
  private final ContainerRecord record;
  private final ContainerSpec spec;
  private final ObjectNode node = new ObjectMapper().createObjectNode();

  private InspectedHostConfig(ContainerRecord record) {
    this.record = record;
    this.spec = record.spec();
  }

  static ObjectNode of(ContainerRecord record) {
    InspectedHostConfig config = new InspectedHostConfig(record);
    config.storage();
    config.network();
    config.life();
    config.confinement();
    config.limits();
    return config.node;
  }

  private void storage() {
    List<String> binds = new ArrayList<>();
    ObjectNode tmpfs = new ObjectMapper().createObjectNode();
    for (Mount mount : spec.mounts()) {
      String mode = mount.readOnly() ? "ro" : "rw";
      switch (mount) {
        case Mount.Bind bind -> binds.add(bind.source() + ":" + bind.target() + ":" + mode);
        case Mount.Volume volume -> binds.add(volume.name() + ":" + volume.target() + ":" + mode);
        case Mount.Tmpfs memory -> tmpfs.put(memory.target(), memory.options());
        default -> {
          // Of no kind that Docker would list here.
        }
      }
    }
    ContainerDetails.textsOrNull(node, "Binds", binds);
    if (!tmpfs.isEmpty()) {
      node.set("Tmpfs", tmpfs);
    }
    node.put("ReadonlyRootfs", spec.root().readOnly());
    node.put("ShmSize", spec.shmSize());
  }

  private void network() {
    String mode = record.networkMode();
    if (mode.isEmpty()) {
      mode = record.attachments().stream().findFirst().map(Attachment::name).orElse("none");
    } else if (mode.equals("container")) {
      mode = "container:" + record.networkOwner();
    }
    node.put("NetworkMode", mode);
    ObjectNode bindings = node.putObject("PortBindings");
    for (PublishedPort port : record.ports()) {
      String host =
          port.firstPort() == 0
              ? ""
              : port.firstPort() == port.lastPort()
                  ? Integer.toString(port.firstPort())
                  : port.firstPort() + "-" + port.lastPort();
      String key = port.containerPort() + "/" + port.protocol();
      ArrayNode bound = bindings.has(key) ? (ArrayNode) bindings.get(key) : bindings.putArray(key);
      bound.addObject().put("HostIp", port.hostAddress()).put("HostPort", host);
    }
    ContainerDetails.textsOrNull(node, "Dns", record.dns());
    ContainerDetails.textsOrNull(node, "DnsOptions", record.dnsOptions());
    ContainerDetails.textsOrNull(node, "DnsSearch", record.dnsSearch());
    ContainerDetails.textsOrNull(
        node, "ExtraHosts",
        record.extraHosts().stream().map(line -> line.split(" ", 2)).map(l -> l[1] + ":" + l[0]).toList());
    ContainerDetails.textsOrNull(
        node, "Links", new TreeMap<>(record.links()).entrySet().stream().map(l -> l.getValue() + ":" + l.getKey()).toList());
  }

  private void life() {
    ObjectNode log = node.putObject("LogConfig");
    log.put("Type", "local");
    ObjectNode options = log.putObject("Config");
    if (spec.log().maxSize() > 0) {
      options.put("max-size", Long.toString(spec.log().maxSize()));
      options.put("max-file", Integer.toString(spec.log().maxFiles()));
    }
    String policy =
        switch (record.restart().mode()) {
          case NO -> "no";
          case ALWAYS -> "always";
          case ON_FAILURE -> "on-failure";
          case UNLESS_STOPPED -> "unless-stopped";
        };
    node.putObject("RestartPolicy").put("Name", policy).put("MaximumRetryCount", record.restart().maxAttempts());
    node.put("AutoRemove", record.lifetime().removedAtEnd());
    node.put("Init", spec.process().init());
  }

  private void confinement() {
    Confinement confinement = spec.confinement();
    ContainerDetails.textsOrNull(node, "CapAdd", confinement.capAdd());
    ContainerDetails.textsOrNull(node, "CapDrop", confinement.capDrop());
    node.put("Privileged", confinement.privileged());
    List<String> options = new ArrayList<>();
    if (confinement.noNewPrivileges()) {
      options.add("no-new-privileges");
    }
    if (confinement.seccomp() instanceof SeccompChoice.Unconfined && !confinement.privileged()) {
      options.add("seccomp=unconfined");
    }
    ContainerDetails.textsOrNull(node, "SecurityOpt", options);
    ContainerDetails.textsOrNull(node, "GroupAdd", spec.process().groupAdd());
    node.put("PidMode", mode(spec.isolation().pid(), ""));
    node.put("IpcMode", mode(spec.isolation().ipc(), "private"));
    node.put("UTSMode", mode(spec.isolation().uts(), ""));
    node.put("CgroupnsMode", mode(spec.isolation().cgroup(), "private"));
    ArrayNode devices = node.putArray("Devices");
    spec.devices().forEach(
        d ->
            devices.addObject()
                .put("PathOnHost", d.source())
                .put("PathInContainer", d.target())
                .put("CgroupPermissions", d.permissions()));
    ContainerDetails.textsOrNull(node, "DeviceCgroupRules", confinement.deviceRules());
    if (!spec.annotations().isEmpty()) {
      ObjectNode annotations = node.putObject("Annotations");
      new TreeMap<>(spec.annotations()).forEach(annotations::put);
    }
    if (!spec.sysctls().isEmpty()) {
      ObjectNode sysctls = node.putObject("Sysctls");
      new TreeMap<>(spec.sysctls()).forEach(sysctls::put);
    }
  }

  private static String mode(NamespaceMode mode, String own) {
    return switch (mode) {
      case PRIVATE -> own;
      case HOST -> "host";
      default -> "container";
    };
  }

  private void limits() {
    Limits limits = spec.limits();
    node.put("CgroupParent", limits.parent());
    node.put("Memory", limits.memory());
    node.put("MemorySwap", limits.memorySwap());
    node.put("MemoryReservation", limits.memoryReservation());
    node.put("NanoCpus", limits.nanoCpus());
    node.put("CpuShares", limits.cpuShares());
    node.put("CpuPeriod", limits.cpuPeriod());
    node.put("CpuQuota", limits.cpuQuota());
    node.put("CpusetCpus", limits.cpusetCpus());
    node.put("CpusetMems", limits.cpusetMems());
    node.put("BlkioWeight", limits.blkioWeight());
    node.put("OomKillDisable", limits.oomKillDisable());
    node.put("OomScoreAdj", spec.process().oomScoreAdj());
    if (limits.pids() == 0) {
      node.putNull("PidsLimit");
    } else {
      node.put("PidsLimit", limits.pids());
    }
    ArrayNode ulimits = node.putArray("Ulimits");
    spec.process().ulimits().forEach(
        u -> ulimits.addObject().put("Name", u.name()).put("Hard", u.hard()).put("Soft", u.soft()));
  }
}
