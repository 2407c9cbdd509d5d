package io.jcompose.build;

import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageHealthcheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goes through one stage's instructions, changing the configuration and collecting steps. */
final class StageInterpreter {
  private final StagePlanner planner;
  private final Stage stage;
  private final Base base;
  private final Scope scope;
  private final int total;
  private final String baseKey;
  private final List<Step> steps = new ArrayList<>();
  private ImageConfig config;
  private String key;
  private boolean cmdHere;
  private int index = 1;

  StageInterpreter(
      StagePlanner planner,
      Stage stage,
      Base base,
      BuildStep from,
      ImageConfig config,
      String key,
      Scope scope) {
    this.planner = planner;
    this.stage = stage;
    this.base = base;
    this.config = config;
    this.key = key;
    this.baseKey = key;
    this.scope = scope;
    this.total = from.total();
    steps.add(new Step(Optional.of(from), stage.from().raw().at(), new Action.Configure(), "", ""));
  }

  StagePlan plan() {
    return new StagePlan(
        stage.title(), base, baseKey, List.copyOf(steps), key, config, Map.copyOf(scope.args()));
  }

  void apply(Instruction instruction) {
    switch (instruction) {
      case Instruction.From from -> throw from.raw().at().error("FROM can't stand here");
      case Instruction.Arg arg -> arg(arg);
      case Instruction.Env env -> env(env);
      case Instruction.Label label -> label(label);
      case Instruction.Run run -> run(run);
      case Instruction.Copy copy -> copy(copy);
      case Instruction.Workdir workdir -> workdir(workdir);
      case Instruction.User user -> user(user);
      case Instruction.StopSignal signal -> stopSignal(signal);
      case Instruction.Maintainer maintainer ->
          configure(instruction, config.toBuilder().author(expand(maintainer.name())).build());
      case Instruction.Volume volume -> volume(volume);
      case Instruction.Expose expose -> expose(expose);
      case Instruction.Cmd cmd -> {
        cmdHere = true;
        configure(instruction, config.toBuilder().cmd(cmd.command().argv(config.shell())).build());
      }
      case Instruction.Entrypoint entrypoint -> entrypoint(entrypoint);
      case Instruction.Shell shell ->
          configure(instruction, config.toBuilder().shell(shell.argv()).build());
      case Instruction.Healthcheck check -> healthcheck(check);
      case Instruction.OnBuild onBuild ->
          configure(instruction, config.toBuilder().onBuild(onBuild.trigger()).build());
    }
  }

  private String expand(Text text) {
    return expand(text, text.value());
  }

  private String expand(Text at, String word) {
    return Expansion.of(at, word, planner.escape(), name -> scope.lookup(name, config));
  }

  private void configure(Instruction instruction, ImageConfig changed) {
    config = changed;
    RawInstruction raw = instruction.raw();
    steps.add(StagePlanner.configuring(raw.at(), raw.original() + " # buildkit"));
  }

  private void arg(Instruction.Arg arg) {
    for (Instruction.Declaration declaration : arg.declarations()) {
      String name = expand(declaration.name());
      planner.declare(name);
      scope.declare(name, declaration.value().map(this::expand));
    }
    configure(arg, config);
  }

  private void env(Instruction.Env env) {
    Map<String, String> values = new LinkedHashMap<>();
    for (Instruction.Pair pair : env.pairs()) {
      String name = expand(pair.key());
      if (name.isEmpty()) {
        throw pair.key().error("the variable's name is empty");
      }
      values.put(name, expand(pair.value()));
    }
    var builder = config.toBuilder();
    values.forEach(builder::env);
    configure(env, builder.build());
  }

  private void label(Instruction.Label label) {
    var builder = config.toBuilder();
    for (Instruction.Pair pair : label.pairs()) {
      builder.label(expand(pair.key()), expand(pair.value()));
    }
    configure(label, builder.build());
  }

  private void user(Instruction.User user) {
    String name = expand(user.user());
    if (name.isEmpty()) {
      throw user.user().error("USER is empty");
    }
    configure(user, config.toBuilder().user(name).build());
  }

  private void stopSignal(Instruction.StopSignal signal) {
    String name = expand(signal.signal());
    if (!name.matches("(?i)(SIG)?[A-Z][A-Z0-9+-]*|[1-9][0-9]?")) {
      throw signal.signal().error("\"" + name + "\" is not a signal, such as SIGTERM or 15");
    }
    configure(signal, config.toBuilder().stopSignal(name).build());
  }

  private void volume(Instruction.Volume volume) {
    var builder = config.toBuilder();
    for (Text path : volume.paths()) {
      String expanded = expand(path);
      if (expanded.isBlank()) {
        throw path.error("a volume's path is empty");
      }
      builder.volume(expanded);
    }
    configure(volume, builder.build());
  }

  private void expose(Instruction.Expose expose) {
    var builder = config.toBuilder();
    for (Text port : expose.ports()) {
      ExposedPorts.parse(expand(port), port).forEach(builder::exposedPort);
    }
    configure(expose, builder.build());
  }

  private void entrypoint(Instruction.Entrypoint entrypoint) {
    var builder = config.toBuilder().entrypoint(entrypoint.command().argv(config.shell()));
    if (!cmdHere) {
      builder.cmd(List.of());
    }
    configure(entrypoint, builder.build());
  }

  private void healthcheck(Instruction.Healthcheck check) {
    List<String> test = new ArrayList<>();
    if (check.command().isEmpty()) {
      test.add("NONE");
    } else if (check.command().get().shellForm()) {
      test.addAll(List.of("CMD-SHELL", check.command().get().line()));
    } else {
      test.add("CMD");
      test.addAll(check.command().get().argv());
    }
    ImageHealthcheck healthcheck =
        new ImageHealthcheck(
            test,
            check.interval(),
            check.timeout(),
            check.startPeriod(),
            check.startInterval(),
            check.retries());
    configure(check, config.toBuilder().healthcheck(healthcheck).build());
  }

  private void workdir(Instruction.Workdir workdir) {
    String path = inside(expand(workdir.path()));
    config = config.toBuilder().workingDir("/" + path).build();
    String raw = RawPath.of(path);
    String own = new StepKey().add("workdir").add(raw).hex();
    step(workdir, own, new Action.MakeFolder(raw), workdir.raw().original());
  }

  /** A path of the image, relative ones below the working directory; without a leading slash. */
  private String inside(String path) {
    String absolute = path.startsWith("/") ? path : config.workingDir() + "/" + path;
    return RawPath.clean(absolute);
  }

  private void run(Instruction.Run run) {
    RunPlanner.Planned planned = new RunPlanner(planner, stage, config, scope, this::expand).plan(run);
    step(run, planned.own(), planned.run(), "RUN " + String.join(" ", planned.run().argv()));
  }

  private void copy(Instruction.Copy copy) {
    CopyPlanner.Planned planned = new CopyPlanner(planner, stage, config, this::expand).plan(copy);
    step(copy, planned.own(), new Action.Copy(planned.order()), copy.raw().original());
  }

  private void step(Instruction instruction, String own, Action action, String history) {
    key = StepKey.chain(key, own);
    BuildStep shown =
        new BuildStep(
            planner.nextNumber(), stage.title(), ++index, total, instruction.raw().original());
    steps.add(
        new Step(Optional.of(shown), instruction.raw().at(), action, own, history + " # buildkit"));
  }
}
