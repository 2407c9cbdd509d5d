package io.jcompose.build;

import io.jcompose.build.BuildRequest.Entitlement;
import io.jcompose.build.CopySources.Taking;
import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.RawInstruction.Flag;
import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.image.ImageConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Decides what a RUN does: its command, environment and mounts, and what its result depends on. */
final class RunPlanner {
  private final StagePlanner planner;
  private final Stage stage;
  private final ImageConfig config;
  private final Scope scope;
  private final Expander expander;

  /** What is to be done; {@code own} stands for all that it depends on but the files before it. */
  record Planned(String own, Action.Run run) {}

  RunPlanner(
      StagePlanner planner, Stage stage, ImageConfig config, Scope scope, Expander expander) {
    this.planner = planner;
    this.stage = stage;
    this.config = config;
    this.scope = scope;
    this.expander = expander;
  }

  Planned plan(Instruction.Run run) {
    run.devices().stream()
        .findFirst()
        .ifPresent(
            flag -> {
              throw flag.at().error("no device of this name can be given to a step (--device)");
            });
    List<String> argv = run.command().argv(config.shell());
    List<String> env = scope.runEnvironment(config);
    String network = network(run);
    boolean privileged = privileged(run);
    List<RunMount> mounts = new ArrayList<>();
    Map<RunMount, Origin> origins = new LinkedHashMap<>();
    StepKey own =
        new StepKey()
            .add("run")
            .add(argv)
            .add(new TreeSet<>(env))
            .add(config.workingDir())
            .add(config.user())
            .add(network)
            .add(privileged ? "insecure" : "")
            .add(Platform.name());
    for (Flag flag : run.mounts()) {
      RunMount mount =
          RunMount.parse(flag, mounts.size(), value -> expander.expand(flag.at(), value));
      mounts.add(mount);
      mount.from().ifPresent(from -> origins.put(mount, planner.origin(stage, from, mount.at())));
      own.add(mount.type().name())
          .add(mount.target())
          .add(mount.env())
          .add(Boolean.toString(mount.readOnly()));
      switch (mount.type()) {
        case BIND -> own.add(bindKey(mount, origins));
        case SECRET, SSH -> own.add(mount.id());
        case CACHE, TMPFS -> own.add("");
      }
    }
    return new Planned(
        own.hex(),
        new Action.Run(
            argv,
            env,
            config.workingDir().isEmpty() ? "/" : config.workingDir(),
            config.user(),
            mounts,
            origins,
            network,
            privileged));
  }

  private String network(Instruction.Run run) {
    RunSettings settings = planner.request().run();
    String network = run.network().map(Flag::value).orElse(settings.network());
    if (network.equals("default")) {
      return settings.network();
    }
    if (network.equals("host") && !settings.network().equals("host")) {
      checkAllowed(run.network().orElseThrow(), Entitlement.NETWORK_HOST);
    }
    return network;
  }

  private boolean privileged(Instruction.Run run) {
    Optional<Flag> insecure = run.security().filter(flag -> flag.value().equals("insecure"));
    if (insecure.isPresent() && !planner.request().run().privileged()) {
      checkAllowed(insecure.get(), Entitlement.SECURITY_INSECURE);
    }
    return insecure.isPresent() || planner.request().run().privileged();
  }

  /** A Dockerfile alone can't take what its author has no right to. */
  private void checkAllowed(Flag flag, Entitlement entitlement) {
    if (!planner.request().run().allows(entitlement)) {
      throw flag.at()
          .error(
              "the entitlement "
                  + entitlement.text()
                  + " is not granted; allow it with --allow "
                  + entitlement.text()
                  + ", or in the Compose file with build.entitlements: ["
                  + entitlement.text()
                  + "]");
    }
  }

  private String bindKey(RunMount mount, Map<RunMount, Origin> origins) {
    String source = RawPath.clean(mount.source());
    Origin origin = origins.get(mount);
    if (origin != null && !(origin instanceof Origin.OfFolder)) {
      return origin.key() + " " + source;
    }
    SourceTree tree =
        origin instanceof Origin.OfFolder folder ? folder.tree() : planner.context().tree();
    Taking taking = new Taking(IgnoreFile.NONE, false, Optional.of(planner.digests()), false);
    Selection found =
        CopySources.select(tree, List.of(new StagePlan.Pattern(RawPath.of(source), 0, mount.at())), taking);
    if (found.sources().isEmpty()) {
      throw mount.at().error(MissingSource.message(tree, RawPath.of(source)));
    }
    return found.digest();
  }
}
