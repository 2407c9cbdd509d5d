package io.jcompose.cli;

import io.jcompose.compose.canon.ShellWords;
import io.jcompose.compose.model.Confinement;
import io.jcompose.compose.model.Hooks;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Networking;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.RestartPolicy;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.ServiceNetwork;
import io.jcompose.compose.model.ServiceProcess;
import io.jcompose.compose.model.Storage;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What {@code run} changes about a service for its one container. */
final class RunOverrides {
  private final RunCommand flags;
  private final Invocation invocation;

  RunOverrides(RunCommand flags, Invocation invocation) {
    this.flags = flags;
    this.invocation = invocation;
  }

  /**
   * The project with the service as this container wants it.
   *
   * @param slug 64 hexadecimal digits that name the container
   */
  Project apply(Project project, Service service, boolean tty, String slug) {
    FlagDocument document = new FlagDocument(service.name());
    document.put("image", "", "none");
    document.put("ports", "--publish", flags.publish);
    document.put("volumes", "--volume", flags.volumes);
    document.put("environment", "--env", flags.environment);
    document.put("labels", "--label", flags.labels);
    flags.envFiles.forEach(
        file ->
            document.list("env_file", "--env-from-file").addObject().put("path", FlagDocument.escaped(file)).put("required", true));
    Project written = document.load(invocation, 1);
    Service more = written.services().get(service.name());
    Map<String, String> labels = new TreeMap<>(service.labels());
    labels.putAll(more.labels());
    labels.put("com.docker.compose.slug", slug);
    Service changed =
        service.toBuilder()
            .process(process(service.process(), more.process().environment(), tty))
            .networking(networking(service, more.networking().ports()))
            .storage(storage(service.storage(), more.storage().mounts()))
            .confinement(confinement(service.confinement()))
            .labels(labels)
            .restart(RestartPolicy.NONE)
            .hooks(Hooks.NONE)
            .build();
    return project.withVolumes(written.volumes()).withService(changed);
  }

  private ServiceProcess process(ServiceProcess own, Map<String, Optional<String>> more, boolean tty) {
    Map<String, Optional<String>> environment = new TreeMap<>(own.environment());
    environment.putAll(more);
    Optional<List<String>> entrypoint =
        flags.entrypoint == null
            ? own.entrypoint()
            : Optional.of(
                ShellWords.split(flags.entrypoint)
                    .orElseThrow(() -> new EngineException("--entrypoint " + flags.entrypoint + ": a quote is left open")));
    Optional<List<String>> command =
        !flags.command.isEmpty()
            ? Optional.of(flags.command)
            : flags.entrypoint == null ? own.command() : Optional.empty();
    return new ServiceProcess(
        command,
        entrypoint,
        environment,
        Optional.ofNullable(flags.workdir).or(own::workingDir),
        Optional.ofNullable(flags.user).or(own::user),
        own.groupAdd(),
        tty,
        flags.interactive && !flags.detach,
        own.init(),
        own.stopSignal(),
        own.stopGracePeriod());
  }

  private Networking networking(Service service, List<Port> published) {
    Networking own = service.networking();
    Map<String, ServiceNetwork> networks = new TreeMap<>();
    own.networks()
        .forEach(
            (key, n) -> {
              List<String> aliases = new ArrayList<>();
              if (flags.useAliases) {
                aliases.add(service.name());
                aliases.addAll(n.aliases());
              }
              networks.put(
                  key,
                  new ServiceNetwork(
                      n.network(), aliases, Optional.empty(), Optional.empty(), n.linkLocalIps(), Optional.empty(),
                      n.priority(), n.gatewayPriority(), n.interfaceName(), n.driverOptions()));
            });
    List<Port> ports = new ArrayList<>(flags.servicePorts ? own.ports() : List.of());
    ports.addAll(published);
    return new Networking(
        networks, own.mode(), ports, own.expose(), own.links(), own.externalLinks(), own.hostname(), own.domainname(),
        own.dns(), own.dnsSearch(), own.dnsOptions(), own.extraHosts(), Optional.empty());
  }

  private static Storage storage(Storage own, List<Mount> more) {
    Map<String, Mount> byTarget = new LinkedHashMap<>();
    own.mounts().forEach(mount -> byTarget.put(mount.target(), mount));
    more.forEach(mount -> byTarget.put(mount.target(), mount));
    return new Storage(
        List.copyOf(byTarget.values()), own.volumesFrom(), own.tmpfs(), own.secrets(), own.configs(), own.readOnly(),
        own.shmSize(), own.options());
  }

  private Confinement confinement(Confinement own) {
    List<String> add = new ArrayList<>(own.capAdd());
    add.removeAll(flags.capDrop);
    add.addAll(flags.capAdd);
    List<String> drop = new ArrayList<>(own.capDrop());
    drop.removeAll(flags.capAdd);
    drop.addAll(flags.capDrop);
    return new Confinement(
        own.privileged(), add, drop, own.securityOpt(), own.sysctls(), own.devices(), own.deviceCgroupRules(),
        own.pid(), own.ipc(), own.uts(), own.cgroup(), own.userns(), own.isolation(), own.runtime(),
        own.credentialSpec(), own.useApiSocket());
  }
}
