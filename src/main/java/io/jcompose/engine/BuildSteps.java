package io.jcompose.engine;

import io.jcompose.build.BuildException;
import io.jcompose.build.StepMount;
import io.jcompose.build.StepOutput;
import io.jcompose.build.StepRunner;
import io.jcompose.build.StepSpec;
import io.jcompose.container.Confinement;
import io.jcompose.container.ContainerSpec;
import io.jcompose.container.Isolation;
import io.jcompose.container.KeeperGoneException;
import io.jcompose.container.Mount;
import io.jcompose.container.NamespaceMode;
import io.jcompose.container.ProcessSpec;
import io.jcompose.container.RootSpec;
import io.jcompose.container.security.SeccompChoice;
import io.jcompose.engine.log.LogReader;
import io.jcompose.engine.log.LogWatcher;
import io.jcompose.engine.state.Attachment;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.Lifetime;
import io.jcompose.engine.state.RestartSpec;
import io.jcompose.network.NetworkConfig;
import io.jcompose.network.Network;
import io.jcompose.network.Networks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/** Runs the RUN steps of builds, each in a container of its own that is gone with it. */
final class BuildSteps implements StepRunner {
  private static final String NETWORK_NAME = "jcompose-build";
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
  private final Starter starter;
  private final Networks networks;
  private final LogWatcher watcher;
  private String network = "";
  private int users;

  BuildSteps(Starter starter, Networks networks, LogWatcher watcher) {
    this.starter = starter;
    this.networks = networks;
    this.watcher = watcher;
  }

  /** Whether {@code network} is one of the builds' own: none is needed once no step runs. */
  static boolean ownNetwork(Network network) {
    return network.name().equals(NETWORK_NAME) && network.config().labels().isEmpty();
  }

  @Override
  public int run(StepSpec step, StepOutput output, io.jcompose.build.Cancellation cancellation) {
    boolean networked = !step.network().equals("none") && !step.network().equals("host");
    if (networked && !step.network().equals("default")) {
      throw new EngineException(
          step.title() + ": network: " + step.network() + ": a build has default, none and host");
    }
    String id = RandomId.next();
    if (networked) {
      enterNetwork();
    }
    try {
      ContainerRecord record = recorded(id, step, networked);
      try {
        starter.create(record);
        return runContainer(record, output, cancellation);
      } finally {
        starter.forget(record);
      }
    } finally {
      if (networked) {
        leaveNetwork();
      }
    }
  }

  private int runContainer(
      ContainerRecord record, StepOutput output, io.jcompose.build.Cancellation cancellation) {
    try (Live live = starter.prepare(record)) {
      live.start(1, TerminalSize.UNKNOWN);
      CompletableFuture<Integer> exit = new CompletableFuture<>();
      AtomicReference<Runnable> wake = new AtomicReference<>(() -> {});
      live.watch(
          1,
          (run, code, nanos, why) -> {
            exit.complete(code);
            wake.get().run();
          });
      try (io.jcompose.build.Cancellation.Registration registration =
          cancellation.onRequest(() -> live.kill(KILL_LIMIT))) {
        new LogReader(starter.runtime().folder(record.spec()))
            .follow(line -> output.write(withNewline(line.text())), watcher, exit::isDone, wake::set);
        return exit.join();
      }
    } catch (KeeperGoneException e) {
      throw new EngineException("the container of a build step could not be run: " + e.getMessage(), e);
    } catch (StartFailedException e) {
      // What the container is called is nobody's business; where the step stands is known to the build.
      throw new BuildException(e.reason(), e);
    }
  }

  private static byte[] withNewline(byte[] line) {
    byte[] whole = java.util.Arrays.copyOf(line, line.length + 1);
    whole[line.length] = '\n';
    return whole;
  }

  /** When it fails, no secret of the step stays. */
  private ContainerRecord recorded(String id, StepSpec step, boolean networked) {
    Undo undo = new Undo();
    undo.add(() -> starter.secrets().forget(id));
    try {
      return record(id, step, networked);
    } catch (RuntimeException e) {
      undo.run(e);
      throw e;
    }
  }

  private ContainerRecord record(String id, StepSpec step, boolean networked) {
    List<Mount> mounts = new ArrayList<>();
    for (StepMount mount : step.mounts()) {
      mounts.add(
          switch (mount) {
            case StepMount.Bind bind ->
                Mount.Bind.of(bind.source().toString(), bind.target(), bind.readOnly());
            case StepMount.Tmpfs tmpfs ->
                new Mount.Tmpfs(
                    tmpfs.target(), tmpfs.size() > 0 ? "size=" + tmpfs.size() : "", false);
            case StepMount.Secret secret -> secret(id, secret);
          });
    }
    NamespaceMode net = step.network().equals("host") ? NamespaceMode.HOST : NamespaceMode.PRIVATE;
    NamespaceMode own = NamespaceMode.PRIVATE;
    ContainerSpec base =
        ContainerSpec.of(
            id,
            "build-" + id.substring(0, 12),
            new RootSpec(step.layers(), step.writable(), false),
            new ProcessSpec(
                step.argv(), step.env(), step.workingDir(), step.user(), List.of(), false, false, false,
                step.ulimits(), 0));
    Confinement confinement =
        new Confinement(
            List.of(), List.of(), step.privileged(),
            step.privileged() ? new SeccompChoice.Unconfined() : new SeccompChoice.Default(), false,
            step.privileged(), List.of());
    ContainerSpec spec =
        base.withMounts(mounts)
            .withShmSize(step.shmSize() > 0 ? step.shmSize() : ContainerSpec.DEFAULT_SHM_SIZE)
            .withConfinement(confinement)
            .withIsolation(new Isolation("buildkitsandbox", "", net, own, own, own, own, Map.of()));
    List<Attachment> attachments =
        networked
            ? List.of(new Attachment(network, "build", NETWORK_NAME, List.of(), "", "", "", 0, 0, ""))
            : List.of();
    String mode = networked ? "" : step.network();
    List<String> hosts = step.extraHosts().stream().map(BuildSteps::hostsLine).toList();
    return new ContainerRecord(
        spec, "", "", 0, true, System.currentTimeMillis(), Map.of(), "", "", mode, "", attachments,
        Map.of(), List.of(), List.of(), null, RestartSpec.NO, Map.of(), List.of(), Set.of(), hosts, List.of(),
        List.of(), List.of(), "", List.of(), "", Lifetime.PLAIN);
  }

  private Mount secret(String id, StepMount.Secret secret) {
    starter.secrets().keep(id, secret.target(), secret.content());
    return new Mount.File(
        "secret for " + secret.target(), secret.target(), secret.uid(), secret.gid(), secret.mode(), "");
  }

  private static String hostsLine(String nameAndAddress) {
    int colon = nameAndAddress.indexOf(':');
    return nameAndAddress.substring(colon + 1) + " " + nameAndAddress.substring(0, colon);
  }

  /** The builds' own network is there as long as a step needs it. */
  private synchronized void enterNetwork() {
    if (users == 0) {
      // One that could not be removed is used again, and removed then.
      network = network.isEmpty() ? RandomId.next() : network;
      networks.ensure(NetworkConfig.of(network, NETWORK_NAME));
    }
    users++;
  }

  private synchronized void leaveNetwork() {
    users--;
    if (users == 0) {
      networks.remove(network);
      network = "";
    }
  }
}
