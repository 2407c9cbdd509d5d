package io.jcompose.build;

import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Base;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import io.jcompose.image.registry.RegistryException;
import io.jcompose.nearest.Nearest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Plans the stages that a target needs, each once; those that it does not need are never looked at.
 */
final class StagePlanner {
  private final Dockerfile file;
  private final BuildRequest request;
  private final BuildContext context;
  private final ScratchFiles scratch;
  private final FileDigests digests;
  private final Downloads downloads;
  private final Map<ImageReference, Image> images = new HashMap<>();
  private final Map<String, String> globals = new HashMap<>();
  private final Map<Integer, StagePlan> plans = new HashMap<>();
  private final Set<Integer> busy = new HashSet<>();
  private final Set<String> declared = new HashSet<>();
  private int steps;

  StagePlanner(
      Dockerfile file,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch,
      FileDigests digests,
      Downloads downloads) {
    this.digests = digests;
    this.downloads = downloads;
    this.file = file;
    this.request = request;
    this.context = context;
    this.scratch = scratch;
  }

  /** Plans the target and everything below it. */
  StagePlan plan() {
    request.platform().ifPresent(wanted -> Platform.check(wanted, BuildException::new));
    Stage target = file.target(request.target());
    globals.putAll(Platform.automaticArgs(target.title()));
    for (Instruction.Arg arg : file.globals()) {
      for (Instruction.Declaration declaration : arg.declarations()) {
        String name = declaration.name().value();
        declared.add(name);
        Optional<String> value =
            Optional.ofNullable(request.args().get(name))
                .or(() -> declaration.value().map(this::expandGlobal));
        value.ifPresent(v -> globals.put(name, v));
      }
    }
    StagePlan plan = plan(target);
    request.args().keySet().stream()
        .filter(name -> !declared.contains(name) && !Platform.needsNoDeclaration(name))
        .sorted()
        .forEach(
            name ->
                request
                    .listener()
                    .warning("the build argument " + name + " is not used: no ARG declares it"));
    return plan;
  }

  private String expandGlobal(Text text) {
    return Expansion.of(text, file.escape(), name -> Optional.ofNullable(globals.get(name)));
  }

  private StagePlan plan(Stage stage) {
    StagePlan known = plans.get(stage.index());
    if (known != null) {
      return known;
    }
    if (!busy.add(stage.index())) {
      throw stage.from().raw().at().error("the stage \"" + stage.title() + "\" needs itself");
    }
    StagePlan plan = planSteps(stage);
    busy.remove(stage.index());
    plans.put(stage.index(), plan);
    return plan;
  }

  private StagePlan planSteps(Stage stage) {
    int total = 1;
    Base base = base(stage);
    List<Instruction> triggers = triggers(base);
    for (Instruction instruction : concat(triggers, stage.instructions())) {
      boolean hasStep =
          instruction instanceof Instruction.Run
              || instruction instanceof Instruction.Copy
              || instruction instanceof Instruction.Workdir;
      total += hasStep ? 1 : 0;
    }
    StageInterpreter interpreter = interpreter(stage, base, total);
    for (Instruction instruction : concat(triggers, stage.instructions())) {
      interpreter.apply(instruction);
    }
    return interpreter.plan();
  }

  private static List<Instruction> concat(List<Instruction> a, List<Instruction> b) {
    return java.util.stream.Stream.concat(a.stream(), b.stream()).toList();
  }

  private StageInterpreter interpreter(Stage stage, Base base, int total) {
    ImageConfig config =
        switch (base) {
          case Base.Scratch s -> ImageConfig.empty(ImageConfig.hostArchitecture(), "linux");
          case Base.OfImage image -> image.image().config().toBuilder().clearOnBuild().build();
          case Base.OfStage of -> of.plan().config().toBuilder().clearOnBuild().build();
        };
    String key =
        switch (base) {
          case Base.Scratch s -> new StepKey().add("scratch").hex();
          case Base.OfImage image ->
              new StepKey().add("image").add(image.image().manifest().toString()).hex();
          case Base.OfStage of -> of.plan().key();
        };
    Scope scope =
        base instanceof Base.OfStage of
            ? new Scope(request.args(), globals, of.plan().args())
            : new Scope(request.args(), globals);
    BuildStep from = new BuildStep(++steps, stage.title(), 1, total, stage.from().raw().original());
    return new StageInterpreter(this, stage, base, from, config, key, scope);
  }

  private List<Instruction> triggers(Base base) {
    return switch (base) {
      case Base.Scratch s -> List.of();
      case Base.OfImage image ->
          image.image().config().onBuild().stream()
              .map(text -> DockerfileParser.parseTrigger("the base image", text))
              .toList();
      case Base.OfStage of ->
          of.plan().config().onBuild().stream()
              .map(text -> DockerfileParser.parseTrigger("the stage " + of.plan().title(), text))
              .toList();
    };
  }

  private Base base(Stage stage) {
    Instruction.From from = stage.from();
    from.platform().ifPresent(this::checkPlatform);
    String name = expandGlobal(from.base());
    if (name.isEmpty()) {
      throw from.base().error("the base is empty; is an ARG before the first FROM missing?");
    }
    if (name.equals("scratch")) {
      return new Base.Scratch();
    }
    Optional<NamedContext> named = named(name);
    if (named.isPresent()) {
      return switch (named.get()) {
        case NamedContext.OfImage image -> new Base.OfImage(image.image().get());
        case NamedContext.Folder _, NamedContext.Address _ ->
            throw from.base().error("the context \"" + name + "\" holds files, and FROM needs an image");
      };
    }
    Optional<Stage> earlier = file.earlier(name, stage.index(), false);
    return earlier.isPresent()
        ? new Base.OfStage(plan(earlier.get()))
        : new Base.OfImage(image(stage, name, from.base()));
  }

  /** A context that was given under this name; images are the same by any of their names. */
  private Optional<NamedContext> named(String name) {
    for (Map.Entry<String, NamedContext> entry : request.contexts().entrySet()) {
      if (entry.getKey().equalsIgnoreCase(name) || normal(entry.getKey()).equals(normal(name))) {
        return Optional.of(entry.getValue());
      }
    }
    return Optional.empty();
  }

  private static String normal(String name) {
    try {
      return ImageReference.parse(name).toString();
    } catch (io.jcompose.image.ImageException e) {
      return name;
    }
  }

  private void checkPlatform(RawInstruction.Flag flag) {
    String wanted = expandGlobal(flag.at()).replaceFirst("^--platform=", "");
    if (!wanted.isEmpty()) {
      Platform.check(wanted, flag.at()::error);
    }
  }

  private Image image(Stage user, String name, Text at) {
    try {
      return images.computeIfAbsent(ImageReference.parse(name), request.baseImages()::resolve);
    } catch (io.jcompose.image.ImageException | RegistryException e) {
      throw at.error(e.getMessage() + nearStage(user, name));
    }
  }

  private String nearStage(Stage user, String name) {
    return Nearest.of(name.toLowerCase(Locale.ROOT), file.names(user.index()))
        .map(near -> "; did you mean the stage \"" + near + "\"?")
        .orElse("");
  }

  /** What an image says that was needed so far. */
  Optional<ImageConfig> known(String name) {
    return images.entrySet().stream()
        .filter(entry -> entry.getKey().toString().equals(normal(name)))
        .map(entry -> entry.getValue().config())
        .findFirst();
  }

  /** What {@code --from=name} means in {@code stage}. */
  Origin origin(Stage stage, String name, Text at) {
    Optional<NamedContext> named = named(name);
    if (named.isPresent()) {
      return switch (named.get()) {
        case NamedContext.OfImage image -> new Origin.OfImage(image.image().get());
        case NamedContext.Folder _, NamedContext.Address _ ->
            new Origin.OfFolder(context.named(name, named.get()));
      };
    }
    Optional<Stage> earlier = file.earlier(name, stage.index(), true);
    if (earlier.isPresent()) {
      return new Origin.OfStage(plan(earlier.get()));
    }
    boolean later =
        file.stages().stream().anyMatch(s -> s.name().equals(name.toLowerCase(Locale.ROOT)));
    if (later) {
      throw at.error("the stage \"" + name + "\" does not stand before this one");
    }
    return new Origin.OfImage(image(stage, name, at));
  }

  int nextNumber() {
    return ++steps;
  }

  void declare(String name) {
    declared.add(name);
  }

  char escape() {
    return file.escape();
  }

  BuildRequest request() {
    return request;
  }

  BuildContext context() {
    return context;
  }

  FileDigests digests() {
    return digests;
  }

  Downloads downloads() {
    return downloads;
  }

  ScratchFiles scratch() {
    return scratch;
  }

  /** A step that only changes the configuration. */
  static Step configuring(Text at, String history) {
    return new Step(Optional.empty(), at, new Action.Configure(), "", history);
  }
}
