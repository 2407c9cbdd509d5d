package io.jcompose.build;

import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageHealthcheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

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
    List<String> argv = run.command().argv(config.shell());
    List<String> env = scope.runEnvironment(config);
    String network =
        run.network().map(RawInstruction.Flag::value).orElse(planner.request().network());
    List<RunMount> mounts = new ArrayList<>();
    Map<RunMount, Origin> origins = new LinkedHashMap<>();
    StepKey next =
        new StepKey()
            .add("run")
            .add(argv)
            .add(new TreeSet<>(env))
            .add(config.workingDir())
            .add(config.user())
            .add(network)
            .add(Platform.name());
    for (RawInstruction.Flag flag : run.mounts()) {
      RunMount mount = RunMount.parse(flag, value -> expand(flag.at(), value));
      mounts.add(mount);
      mount.from().ifPresent(from -> origins.put(mount, planner.origin(stage, from, mount.at())));
      next.add(mount.type().name())
          .add(mount.target())
          .add(mount.env())
          .add(Boolean.toString(mount.readOnly()));
      switch (mount.type()) {
        case BIND -> next.add(bindKey(mount, origins));
        case SECRET -> next.add(mount.id());
        case CACHE, TMPFS -> next.add("");
      }
    }
    String history = "RUN " + String.join(" ", argv);
    step(
        run,
        next.hex(),
        new Action.Run(
            argv,
            env,
            config.workingDir().isEmpty() ? "/" : config.workingDir(),
            config.user(),
            mounts,
            origins,
            network),
        history);
  }

  private String bindKey(RunMount mount, Map<RunMount, Origin> origins) {
    if (mount.from().isPresent()) {
      return origins.get(mount).key() + " " + RawPath.clean(mount.source());
    }
    return contextSelection(List.of(RawPath.of(mount.source())), mount.at(), IgnoreFile.NONE)
        .digest();
  }

  private Selection contextSelection(List<String> patterns, Text at, IgnoreFile excludes) {
    return CopySources.select(
        planner.context().tree(), patterns, at, excludes, false, Optional.of(planner.digests()));
  }

  private void copy(Instruction.Copy copy) {
    CopySources.Parsed parsed =
        CopySources.parse(copy, text -> expand(text), (at, word) -> expand(at, word), planner);
    String written = expand(copy.destination());
    boolean intoFolder =
        written.endsWith("/") || written.equals(".") || written.endsWith("/.") || parsed.several();
    if (parsed.several() && !(written.endsWith("/") || written.endsWith("."))) {
      throw copy.destination().error("several sources need a destination that ends with \"/\"");
    }
    Optional<Origin> origin =
        copy.flags().from().map(from -> planner.origin(stage, from.value(), from.at()));
    Optional<Selection> selected =
        origin.isPresent()
            ? Optional.empty()
            : Optional.of(
                parsed
                    .inline()
                    .orElseGet(
                        () ->
                            contextSelection(
                                parsed.patterns(), copy.raw().at(), parsed.excludes())));
    String destination = RawPath.of(inside(written));
    Optional<String> chown = copy.flags().chown().map(flag -> expand(flag.at(), flag.value()));
    Optional<String> chmod = copy.flags().chmod().map(flag -> expand(flag.at(), flag.value()));
    StepKey next =
        new StepKey()
            .add(copy.add() ? "add" : "copy")
            .add(destination)
            .add(Boolean.toString(intoFolder))
            .add(chown.orElse("-"))
            .add(chmod.orElse("-"))
            .add(Boolean.toString(copy.flags().parents()));
    if (selected.isPresent()) {
      next.add("content").add(selected.get().digest());
    } else {
      next.add("from").add(origin.get().key()).add(parsed.patterns()).add(parsed.excludeTexts());
    }
    next.add(copy.flags().unpack().map(flag -> "unpack " + flag.value()).orElse(""));
    step(
        copy,
        next.hex(),
        new Action.Copy(
            new StagePlan.CopyOrder(
                copy.raw().at(),
                selected,
                origin,
                parsed.patterns(),
                destination,
                intoFolder,
                copy.flags().parents(),
                chown,
                chmod.map(mode -> ModeChange.parse(mode, copy.flags().chmod().orElseThrow().at())),
                parsed.excludes(),
                parsed.extracts())),
        copy.raw().original());
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
