package io.jcompose.engine.compile;

import io.jcompose.compose.model.BlkioConfig;
import io.jcompose.compose.model.Confinement;
import io.jcompose.compose.model.Hook;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Resources;
import io.jcompose.compose.model.Service;
import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Device;
import io.jcompose.container.Isolation;
import io.jcompose.container.LogOptions;
import io.jcompose.container.NamespaceMode;
import io.jcompose.container.ProcessSpec;
import io.jcompose.container.RootSpec;
import io.jcompose.container.Signals;
import io.jcompose.container.StopSpec;
import io.jcompose.container.Ulimit;
import io.jcompose.container.cgroup.BlockLimit;
import io.jcompose.container.cgroup.Limits;
import io.jcompose.container.security.SeccompChoice;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.HookSpec;
import io.jcompose.engine.state.Lifetime;
import io.jcompose.engine.state.RestartSpec;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.plan.Action.CreateContainer;
import io.jcompose.plan.ContainerRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes the record of one container of a service. */
public final class ServiceCompiler {
  private static final long DEFAULT_GRACE_MILLIS = 10_000;
  private final Project project;
  private final MountCompiler mounts;
  private final AttachmentCompiler attachments;
  private final PublishedPorts ports;

  public ServiceCompiler(Project project, MountCompiler mounts, AttachmentCompiler attachments, PublishedPorts ports) {
    this.project = project;
    this.mounts = mounts;
    this.attachments = attachments;
    this.ports = ports;
  }

  /**
   * @param owners ids of the containers whose namespaces or volumes it shares
   * @param id of the new container, 64 hexadecimal digits
   * @param layers of the image, unpacked, the top-most first
   * @param now milliseconds since the epoch
   */
  public ContainerRecord compile(
      CreateContainer action, Set<String> owners, String id, Image image, List<Path> layers, long now) {
    Service service = project.service(action.container().service()).orElseThrow();
    NameRules.check(service);
    PlatformRules.check(service);
    ImageConfig config = image.config();
    MountCompiler.Mounts mounted = mounts.compile(service, config, id, action.inherited());
    Map<String, String> labels = labels(service, action, config);
    ContainerSpec spec =
        new ContainerSpec(
            id,
            action.createdAs(),
            new RootSpec(layers, Path.of(""), service.storage().readOnly()),
            process(service, config),
            isolation(service, id, attachments.mode(service)),
            confinement(service),
            mounted.mounts(),
            devices(service),
            service.storage().shmSize().orElse(ContainerSpec.DEFAULT_SHM_SIZE),
            service.confinement().sysctls(),
            limits(service.resources()),
            stop(service, config),
            log(service),
            labels,
            service.annotations());
    return new ContainerRecord(
        spec,
        project.name(),
        standsAlone() ? "" : service.name(),
        action.container().number(),
        action.container().number() == 0,
        now,
        new TreeMap<>(action.config().keys()),
        service.image().orElse(project.name() + "-" + service.name()),
        image.id().toString(),
        attachments.mode(service),
        attachments.owner(service),
        attachments.of(service, action.container().name(), action.container().number() == 0),
        links(project, service),
        ports.of(service),
        exposed(service, config),
        HealthCompiler.compile(service, config).orElse(null),
        restart(service),
        mounted.volumes(),
        List.copyOf(service.dependsOn().values()),
        owners,
        service.networking().extraHosts().stream().map(h -> h.address() + " " + h.name()).toList(),
        service.networking().dns(),
        service.networking().dnsSearch(),
        service.networking().dnsOptions(),
        project.directory().toString(),
        project.files().stream().map(Path::toString).toList(),
        action.replaces().map(ContainerRef::id).orElse(""),
        new Lifetime(false, false, hooks(service.hooks().postStart()), hooks(service.hooks().preStop())));
  }

  private static List<HookSpec> hooks(List<Hook> hooks) {
    return hooks.stream().map(HookSpec::of).toList();
  }

  /** Whether the container belongs to no project. */
  private boolean standsAlone() {
    return project.name().isEmpty();
  }

  private static ProcessSpec process(Service service, ImageConfig config) {
    var process = service.process();
    List<String> argv = new ArrayList<>(process.entrypoint().orElse(config.entrypoint()));
    // An entrypoint of the file's own drops the image's command (SEMANTICS 3.9).
    argv.addAll(
        process.command().orElse(process.entrypoint().isPresent() ? List.of() : config.cmd()));
    if (argv.isEmpty()) {
      throw new EngineException(
          "service \"" + service.name() + "\": neither the file nor the image says what to run;"
              + " give it a command:");
    }
    return new ProcessSpec(
        argv,
        environment(service, config),
        process.workingDir().orElse(config.workingDir()),
        process.user().orElse(config.user()),
        process.groupAdd(),
        process.tty(),
        process.stdinOpen(),
        process.init(),
        ulimits(service),
        service.resources().oomScoreAdj().orElse(0));
  }

  private static List<String> environment(Service service, ImageConfig config) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : config.env()) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    service
        .process()
        .environment()
        .forEach((name, value) -> value.ifPresentOrElse(v -> values.put(name, v), () -> values.remove(name)));
    return values.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private static List<Ulimit> ulimits(Service service) {
    List<Ulimit> limits = new ArrayList<>();
    service
        .resources()
        .ulimits()
        .forEach(
            (name, limit) -> {
              try {
                limits.add(new Ulimit(name, limit.soft(), limit.hard()));
              } catch (IllegalArgumentException e) {
                throw new EngineException("service \"" + service.name() + "\": " + e.getMessage(), e);
              }
            });
    return limits;
  }

  private Isolation isolation(Service service, String id, String networkMode) {
    Confinement c = service.confinement();
    Map<String, String> owners = new TreeMap<>();
    return new Isolation(
        service.networking().hostname().orElse(id.substring(0, 12)),
        service.networking().domainname().orElse(""),
        switch (networkMode) {
          case "host" -> NamespaceMode.HOST;
          case "container" -> NamespaceMode.JOINED;
          default -> NamespaceMode.PRIVATE;
        },
        mode(service, "pid", c.pid().orElse(""), owners),
        mode(service, "ipc", c.ipc().orElse(""), owners),
        mode(service, "uts", c.uts().orElse(""), owners),
        mode(service, "cgroup", c.cgroup().orElse(""), owners),
        owners);
  }

  private static boolean joins(String mode) {
    return mode.startsWith("service:") || mode.startsWith("container:");
  }

  /** Of the namespaces that this is about, those of processes and IPC can be another container's. */
  private NamespaceMode mode(Service service, String which, String text, Map<String, String> owners) {
    if (joins(text) && (which.equals("pid") || which.equals("ipc"))) {
      owners.put(which, attachments.container(service, which, text));
      return NamespaceMode.JOINED;
    }
    return switch (text) {
      case "", "private", "none" -> NamespaceMode.PRIVATE;
      case "shareable" -> which.equals("ipc") ? NamespaceMode.SHAREABLE : NamespaceMode.PRIVATE;
      case "host" -> NamespaceMode.HOST;
      default ->
          throw new EngineException(
              "service \"" + service.name() + "\": " + which + ": " + text + " is no namespace mode");
    };
  }

  private io.jcompose.container.Confinement confinement(Service service) {
    Confinement c = service.confinement();
    SeccompChoice seccomp = new SeccompChoice.Default();
    boolean noNewPrivileges = false;
    boolean unconfinedPaths = false;
    for (String option : c.securityOpt()) {
      String[] parts = option.split("[=:]", 2);
      String value = parts.length > 1 ? parts[1] : "";
      switch (parts[0]) {
        case "no-new-privileges" -> noNewPrivileges = !value.equals("false");
        case "seccomp" -> seccomp = seccomp(service, value);
        case "systempaths" -> unconfinedPaths = value.equals("unconfined");
        case "apparmor", "label" -> {
          if (!value.equals("unconfined") && !value.equals("disable")) {
            throw new EngineException(
                "service \"" + service.name() + "\": security_opt " + option
                    + ": this engine applies no AppArmor or SELinux policy, so it doesn't pretend to;"
                    + " remove the option");
          }
        }
        default ->
            throw new EngineException(
                "service \"" + service.name() + "\": unknown security_opt " + option);
      }
    }
    return new io.jcompose.container.Confinement(
        c.capAdd(),
        c.capDrop(),
        c.privileged(),
        c.privileged() ? new SeccompChoice.Unconfined() : seccomp,
        noNewPrivileges,
        unconfinedPaths || c.privileged(),
        c.deviceCgroupRules());
  }

  private SeccompChoice seccomp(Service service, String value) {
    if (value.equals("unconfined")) {
      return new SeccompChoice.Unconfined();
    }
    Path file = project.directory().resolve(value);
    try {
      return new SeccompChoice.Profile(Files.readString(file));
    } catch (IOException e) {
      throw new EngineException(
          "service \"" + service.name() + "\": the seccomp profile " + file + " cannot be read", e);
    }
  }

  private static List<Device> devices(Service service) {
    List<Device> devices = new ArrayList<>(Gpus.of(service, Path.of("/dev")));
    service.confinement().devices().forEach(d -> devices.add(new Device(d.source(), d.target(), d.permissions())));
    return devices;
  }

  private static Limits limits(Resources r) {
    return new Limits(
        r.memory().orElse(0),
        r.memorySwap().orElse(0),
        r.memoryReservation().orElse(0),
        Math.round(r.cpus().orElse(0) * 1e9),
        r.cpuShares().orElse(0),
        r.cpuQuota().orElse(0),
        r.cpuPeriod().orElse(0),
        r.cpuset().orElse(""),
        "",
        r.pids().orElse(0),
        r.blkio().map(b -> b.weight().orElse(0)).orElse(0),
        r.oomKillDisable(),
        r.memorySwappiness().isPresent() ? r.memorySwappiness().getAsInt() : null,
        r.blkio().map(ServiceCompiler::blockLimits).orElse(List.of()),
        r.cgroupParent().orElse(""),
        r.cpuRealtimePeriod().orElse(0),
        r.cpuRealtimeRuntime().orElse(0));
  }

  private static List<BlockLimit> blockLimits(BlkioConfig blkio) {
    List<BlockLimit> limits = new ArrayList<>();
    add(limits, BlockLimit.Kind.READ_BPS, blkio.readBps());
    add(limits, BlockLimit.Kind.WRITE_BPS, blkio.writeBps());
    add(limits, BlockLimit.Kind.READ_IOPS, blkio.readIops());
    add(limits, BlockLimit.Kind.WRITE_IOPS, blkio.writeIops());
    add(limits, BlockLimit.Kind.WEIGHT, blkio.weightDevice());
    return limits;
  }

  private static void add(List<BlockLimit> limits, BlockLimit.Kind kind, List<BlkioConfig.DeviceRate> rates) {
    rates.forEach(rate -> limits.add(new BlockLimit(kind, rate.path(), rate.rate())));
  }

  private static StopSpec stop(Service service, ImageConfig config) {
    String signal =
        service
            .process()
            .stopSignal()
            .orElse(config.stopSignal().isEmpty() ? "SIGTERM" : config.stopSignal());
    try {
      Signals.parse(signal);
    } catch (IllegalArgumentException e) {
      throw new EngineException(
          "service \"" + service.name() + "\": stop_signal: " + e.getMessage(), e);
    }
    long grace = service.process().stopGracePeriod().map(d -> d.toMillis()).orElse(DEFAULT_GRACE_MILLIS);
    return new StopSpec(signal, grace);
  }

  private static LogOptions log(Service service) {
    if (service.logging().isEmpty()) {
      return LogOptions.UNLIMITED;
    }
    if (service.logging().get().driver().orElse("").equals("none")) {
      return LogOptions.NONE;
    }
    Map<String, String> options = service.logging().get().options();
    long size = options.containsKey("max-size") ? Sizes.parse(options.get("max-size")) : 0;
    int files = size == 0 ? 0 : maxFiles(service, options.getOrDefault("max-file", "1"));
    // One file that is full is followed by the next before it goes, so that a reader misses nothing.
    return new LogOptions(size, files == 0 ? 0 : Math.max(2, files));
  }

  /** {@code links} and {@code external_links}: alias → the name that it stands for. */
  private static Map<String, String> links(Project project, Service service) {
    Map<String, String> links = new TreeMap<>();
    boolean byService = service.networking().mode().isEmpty();
    for (String link : service.networking().links()) {
      String of = link.contains(":") ? link.substring(0, link.indexOf(':')) : link;
      // On the bridge that all share a service's name is nobody's; its first container has one.
      link(links, link, byService ? of : firstContainer(project, of));
    }
    for (String link : service.networking().externalLinks()) {
      link(links, link, link.contains(":") ? link.substring(0, link.indexOf(':')) : link);
    }
    return links;
  }

  private static void link(Map<String, String> links, String text, String name) {
    String alias = text.substring(text.indexOf(':') + 1);
    if (!alias.equals(name)) {
      links.put(alias, name);
    }
  }

  private static String firstContainer(Project project, String service) {
    return project
        .service(service)
        .flatMap(Service::containerName)
        .orElse(project.name() + "-" + service + "-1");
  }

  private static int maxFiles(Service service, String text) {
    try {
      int files = Integer.parseInt(text.strip());
      if (files >= 1) {
        return files;
      }
    } catch (NumberFormatException e) {
      // Said below, as for any other text that is no number of files.
    }
    throw new EngineException(
        "service \"" + service.name() + "\": logging: max-file: \"" + text
            + "\" is not a number of files from 1 on");
  }

  private static List<String> exposed(Service service, ImageConfig config) {
    Set<String> ports = new LinkedHashSet<>(config.exposedPorts());
    service
        .networking()
        .expose()
        .forEach(port -> ports.add(port.contains("/") ? port : port + "/tcp"));
    return List.copyOf(ports);
  }

  private static RestartSpec restart(Service service) {
    RestartSpec.Mode mode =
        switch (service.restart().mode()) {
          case NO -> RestartSpec.Mode.NO;
          case ALWAYS -> RestartSpec.Mode.ALWAYS;
          case ON_FAILURE -> RestartSpec.Mode.ON_FAILURE;
          case UNLESS_STOPPED -> RestartSpec.Mode.UNLESS_STOPPED;
        };
    return new RestartSpec(mode, service.restart().maxAttempts());
  }

  private Map<String, String> labels(Service service, CreateContainer action, ImageConfig config) {
    Map<String, String> labels = new TreeMap<>();
    // An image must not be able to pass for a container of some project.
    config.labels().forEach(
        (key, value) -> {
          if (!key.startsWith("com.docker.compose.")) {
            labels.put(key, value);
          }
        });
    labels.putAll(service.labels());
    if (standsAlone()) {
      return labels;
    }
    labels.put("com.docker.compose.project", project.name());
    labels.put("com.docker.compose.service", service.name());
    labels.put("com.docker.compose.oneoff", action.container().number() == 0 ? "True" : "False");
    if (action.container().number() > 0) {
      labels.put("com.docker.compose.container-number", String.valueOf(action.container().number()));
    }
    labels.put("com.docker.compose.config-hash", service.fingerprint().hash());
    labels.put("com.docker.compose.image", action.imageId());
    labels.put("com.docker.compose.project.working_dir", project.directory().toString());
    labels.put(
        "com.docker.compose.project.config_files",
        project.files().stream().map(Path::toString).collect(Collectors.joining(",")));
    labels.put(
        "com.docker.compose.depends_on",
        service.dependsOn().values().stream()
            .map(d -> d.service() + ":" + d.condition().word() + ":" + d.restart())
            .collect(Collectors.joining(",")));
    return labels;
  }
}
