package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about what the container may do. */
final class ConfinementFlags {
  @Option(names = "--cap-add", paramLabel = "CAPABILITY", description = "Adds a capability, or ALL")
  List<String> capAdd = new ArrayList<>();

  @Option(names = "--cap-drop", paramLabel = "CAPABILITY", description = "Takes a capability away, or ALL")
  List<String> capDrop = new ArrayList<>();

  @Option(names = "--privileged", description = "Lets it do everything")
  boolean privileged;

  @Option(names = "--security-opt", paramLabel = "OPTION", description = "no-new-privileges, seccomp=FILE, …")
  List<String> securityOptions = new ArrayList<>();

  @Option(names = "--device", paramLabel = "DEVICE", description = "Gives it a device: HOST[:CONTAINER[:rwm]]")
  List<String> devices = new ArrayList<>();

  @Option(names = "--device-cgroup-rule", paramLabel = "RULE", description = "Lets it use devices, such as \"c 1:3 rw\"")
  List<String> deviceRules = new ArrayList<>();

  @Option(names = "--sysctl", paramLabel = "NAME=VALUE", description = "A kernel parameter of its namespaces")
  List<String> sysctls = new ArrayList<>();

  @Option(names = "--pid", paramLabel = "MODE", description = "Processes it sees: host, container:NAME")
  String pid;

  @Option(names = "--ipc", paramLabel = "MODE", description = "IPC namespace: private, shareable, host, container:NAME")
  String ipc;

  @Option(names = "--uts", paramLabel = "MODE", description = "host: the host's name is its own")
  String uts;

  @Option(names = "--userns", paramLabel = "MODE", description = "User namespace: host")
  String userns;

  @Option(names = "--cgroupns", paramLabel = "MODE", description = "Control groups it sees: private, host")
  String cgroupns;

  @Option(names = "--runtime", paramLabel = "NAME", description = "Another runtime")
  String runtime;

  void write(FlagDocument document) {
    document.put("cap_add", "--cap-add", capAdd);
    document.put("cap_drop", "--cap-drop", capDrop);
    document.service().put("privileged", privileged);
    document.put("security_opt", "--security-opt", securityOptions);
    document.put("devices", "--device", devices);
    document.put("device_cgroup_rules", "--device-cgroup-rule", deviceRules);
    document.put("sysctls", "--sysctl", sysctls);
    document.put("pid", "--pid", pid);
    document.put("ipc", "--ipc", ipc);
    document.put("uts", "--uts", uts);
    document.put("userns_mode", "--userns", userns);
    document.put("cgroup", "--cgroupns", cgroupns);
    document.put("runtime", "--runtime", runtime);
  }
}
