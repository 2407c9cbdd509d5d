package io.jcompose.build;

import io.jcompose.build.BuildOutline.Arg;
import io.jcompose.build.BuildOutline.Need;
import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.image.ImageConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds what a target takes from its caller: what its own stage declares and mounts, and the stages
 * that it is made of. An argument from before the first FROM counts where it is used.
 */
final class Outliner {
  private final Dockerfile file;
  private final BuildRequest request;
  private final Function<String, Optional<ImageConfig>> bases;
  private final Map<String, String> globals = new HashMap<>();
  private final Map<String, Global> declared = new HashMap<>();
  private final Map<Integer, Seen> stages = new HashMap<>();

  /** An argument from before the first FROM, and those that its default is made of. */
  private record Global(Arg arg, Set<String> uses) {}

  /** What has been found in a stage, and what holds where it ends. */
  private static final class Seen {
    final Map<String, Arg> args = new LinkedHashMap<>();
    final Map<String, Need> secrets = new LinkedHashMap<>();
    final Map<String, Need> ssh = new LinkedHashMap<>();
    final List<Seen> below = new ArrayList<>();
    ImageConfig config = ImageConfig.empty(ImageConfig.hostArchitecture(), "linux");
    Scope scope;
  }

  private Outliner(
      Dockerfile file, BuildRequest request, Function<String, Optional<ImageConfig>> bases) {
    this.file = file;
    this.request = request;
    this.bases = bases;
  }

  /** {@code bases}: what base images say, as far as it is known. */
  static BuildOutline outline(
      Dockerfile file, BuildRequest request, Function<String, Optional<ImageConfig>> bases) {
    Outliner outliner = new Outliner(file, request, bases);
    Stage target = file.target(request.target());
    outliner.readGlobals(target);
    Seen all = new Seen();
    collect(outliner.stage(target), all);
    return new BuildOutline(
        target.name(),
        target.from().raw().description(target.name()),
        sorted(all.args, Arg::lines),
        sorted(all.secrets, Need::lines),
        sorted(all.ssh, Need::lines),
        file.source().text());
  }

  private static <T> List<T> sorted(Map<String, T> found, Function<T, LineRange> lines) {
    return found.values().stream().sorted(Comparator.comparingInt(each -> lines.apply(each).first())).toList();
  }

  /** The first that is found of a name counts: that of the stage nearest to the target. */
  private static void collect(Seen from, Seen into) {
    from.args.forEach(into.args::putIfAbsent);
    from.secrets.forEach(into.secrets::putIfAbsent);
    from.ssh.forEach(into.ssh::putIfAbsent);
    from.below.forEach(seen -> collect(seen, into));
  }

  private void readGlobals(Stage target) {
    globals.putAll(Platform.automaticArgs(target.title()));
    for (Instruction.Arg instruction : file.globals()) {
      for (Instruction.Declaration declaration : instruction.declarations()) {
        String name = declaration.name().value();
        Set<String> uses = new LinkedHashSet<>();
        Optional<String> value =
            Optional.ofNullable(request.args().get(name))
                .or(() -> declaration.value().map(text -> expand(text, text.value(), uses)));
        value.ifPresent(v -> globals.put(name, v));
        declared.put(name, new Global(arg(instruction, name, value), uses));
      }
    }
  }

  private static Arg arg(Instruction.Arg instruction, String name, Optional<String> value) {
    RawInstruction raw = instruction.raw();
    return new Arg(name, value.orElse(""), raw.description(name), raw.lines());
  }

  /** Notes in {@code uses} which arguments were looked up. */
  private String expand(Text at, String word, Set<String> uses) {
    return Expansion.of(
        at,
        word,
        file.escape(),
        name -> {
          uses.add(name);
          return Optional.ofNullable(globals.get(name));
        });
  }

  /** An argument from before the first FROM is used, and so are those that it is made of. */
  private void use(String name, Seen seen) {
    Global global = declared.get(name);
    if (global != null && seen.args.putIfAbsent(name, global.arg()) == null) {
      global.uses().forEach(other -> use(other, seen));
    }
  }

  private Seen stage(Stage stage) {
    Seen known = stages.get(stage.index());
    if (known != null) {
      return known;
    }
    Seen seen = new Seen();
    stages.put(stage.index(), seen);
    Instruction.From from = stage.from();
    Set<String> uses = new LinkedHashSet<>();
    String base = expand(from.base(), from.base().value(), uses);
    from.platform().ifPresent(flag -> expand(flag.at(), flag.value(), uses));
    uses.forEach(name -> use(name, seen));
    Optional<Seen> below = below(base, stage, false);
    seen.scope =
        below
            .map(other -> new Scope(request.args(), globals, other.scope.args()))
            .orElseGet(() -> new Scope(request.args(), globals));
    seen.config = below.map(other -> other.config).or(() -> bases.apply(base)).orElse(seen.config);
    below.ifPresent(seen.below::add);
    stage.instructions().forEach(instruction -> read(instruction, stage, seen));
    return seen;
  }

  /** The stage that this name means in {@code user}, if it is none of something else. */
  private Optional<Seen> below(String name, Stage user, boolean numbers) {
    boolean other = request.contexts().keySet().stream().anyMatch(name::equalsIgnoreCase);
    return other ? Optional.empty() : file.earlier(name, user.index(), numbers).map(this::stage);
  }

  private void read(Instruction instruction, Stage stage, Seen seen) {
    switch (instruction) {
      case Instruction.Arg arg -> declare(arg, seen);
      case Instruction.Env env ->
          env.pairs()
              .forEach(
                  pair -> {
                    String value = expand(pair.value(), pair.value().value(), seen);
                    seen.config = seen.config.toBuilder().env(expand(pair.key(), pair.key().value(), seen), value).build();
                  });
      case Instruction.Copy copy ->
          copy.flags().from().flatMap(flag -> below(flag.value(), stage, true)).ifPresent(seen.below::add);
      case Instruction.Run run -> run(run, stage, seen);
      default -> {
        // Nothing else takes anything from the caller.
      }
    }
  }

  private void declare(Instruction.Arg arg, Seen seen) {
    for (Instruction.Declaration declaration : arg.declarations()) {
      String name = expand(declaration.name(), declaration.name().value(), seen);
      seen.scope.declare(name, declaration.value().map(text -> expand(text, text.value(), seen)));
      boolean ofFile =
          declaration.value().isEmpty() && !request.args().containsKey(name) && globals.containsKey(name);
      if (ofFile) {
        use(name, seen);
      } else {
        seen.args.put(name, arg(arg, name, Optional.ofNullable(seen.scope.args().get(name))));
      }
    }
  }

  private String expand(Text at, String word, Seen seen) {
    return Expansion.of(at, word, file.escape(), name -> seen.scope.lookup(name, seen.config));
  }

  private void run(Instruction.Run run, Stage stage, Seen seen) {
    int number = 0;
    for (RawInstruction.Flag flag : run.mounts()) {
      RunMount mount = RunMount.parse(flag, number++, value -> expand(flag.at(), value, seen));
      Need need = new Need(mount.id(), mount.required(), run.raw().lines());
      switch (mount.type()) {
        case SECRET -> seen.secrets.putIfAbsent(mount.id(), need);
        case SSH -> seen.ssh.putIfAbsent(mount.id(), need);
        case BIND, CACHE, TMPFS ->
            mount.from().flatMap(name -> below(name, stage, true)).ifPresent(seen.below::add);
      }
    }
  }
}
