package io.jcompose.build;

import static io.jcompose.build.LintFinding.at;

import io.jcompose.build.Dockerfile.Stage;
import io.jcompose.nearest.Nearest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks the instructions of one stage. */
final class StageLinter {
  private static final Pattern SENSITIVE =
      Pattern.compile(
          "(?i)(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)");
  private static final Pattern PUBLIC = Pattern.compile("(?i)(?:^|_)public(?:_|$)");
  private static final Set<String> ONCE = Set.of("CMD", "ENTRYPOINT", "HEALTHCHECK");
  private final Dockerfile file;
  private final Stage stage;
  private final IgnoreFile ignore;
  private final Optional<Set<String>> base;
  private final List<LintFinding> found;
  private final Set<String> names = new HashSet<>(Platform.PROXIES);
  private final Map<String, Instruction> last = new HashMap<>();
  private boolean absolute;

  /** {@code base}: the variables that are defined already, if that is known. */
  StageLinter(
      Dockerfile file,
      Stage stage,
      IgnoreFile ignore,
      Optional<Set<String>> base,
      List<LintFinding> found) {
    this.file = file;
    this.stage = stage;
    this.ignore = ignore;
    this.base = base;
    this.found = found;
    names.add("PATH");
    base.ifPresent(names::addAll);
  }

  /** Adds what it finds; returns the variables that are defined at the end. */
  Set<String> check() {
    boolean shell = stage.instructions().stream().anyMatch(Instruction.Shell.class::isInstance);
    for (Instruction instruction : stage.instructions()) {
      RawInstruction raw = instruction.raw();
      once(instruction);
      uses(instruction);
      switch (instruction) {
        case Instruction.Maintainer _ ->
            found.add(
                at(
                    LintRule.MAINTAINER_DEPRECATED,
                    raw.at(),
                    "Maintainer instruction is deprecated in favor of using label"));
        case Instruction.Cmd cmd -> jsonRecommended(raw, cmd.command(), shell);
        case Instruction.Entrypoint entrypoint -> jsonRecommended(raw, entrypoint.command(), shell);
        case Instruction.Workdir workdir -> workdir(workdir);
        case Instruction.Env env -> pairs(raw, env.pairs(), true);
        case Instruction.Label label -> pairs(raw, label.pairs(), false);
        case Instruction.Arg arg ->
            arg.declarations()
                .forEach(
                    d -> {
                      secret("ARG", d.name());
                      names.add(d.name().value());
                    });
        case Instruction.Expose expose -> expose.ports().forEach(this::port);
        case Instruction.Copy copy -> ignored(copy);
        default -> {}
      }
    }
    return names;
  }

  private void once(Instruction instruction) {
    String keyword = instruction.raw().keyword();
    if (!ONCE.contains(keyword)) {
      return;
    }
    Instruction before = last.put(keyword, instruction);
    if (before != null) {
      found.add(
          at(
              LintRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
              before.raw().at(),
              "Multiple "
                  + keyword
                  + " instructions should not be used in the same stage because only the last one"
                  + " will be used"));
    }
  }

  private void jsonRecommended(RawInstruction raw, Command command, boolean shell) {
    if (command.shellForm() && !shell) {
      found.add(
          at(
              LintRule.JSON_ARGS_RECOMMENDED,
              raw.at(),
              "JSON arguments recommended for "
                  + raw.keyword()
                  + " to prevent unintended behavior related to OS signals"));
    }
  }

  private void workdir(Instruction.Workdir workdir) {
    String path = workdir.path().value();
    boolean relative = !path.startsWith("/") && !path.startsWith("$") && !path.startsWith("\"/");
    if (relative && !absolute) {
      found.add(
          at(
              LintRule.WORKDIR_RELATIVE_PATH,
              workdir.raw().at(),
              "Relative workdir \""
                  + path
                  + "\" can have unexpected results if the base image changes"));
    }
    absolute |= !relative;
  }

  private void pairs(RawInstruction raw, List<Instruction.Pair> pairs, boolean env) {
    if (raw.rest().quotedWords(file.escape()).getFirst().value().indexOf('=') < 0) {
      found.add(
          at(
              LintRule.LEGACY_KEY_VALUE_FORMAT,
              raw.at(),
              "\""
                  + raw.keyword()
                  + " key=value\" should be used instead of legacy \""
                  + raw.keyword()
                  + " key value\" format"));
    }
    if (env) {
      pairs.forEach(
          pair -> {
            secret("ENV", pair.key());
            names.add(pair.key().value());
          });
    }
  }

  private void secret(String keyword, Text name) {
    if (SENSITIVE.matcher(name.value()).find() && !PUBLIC.matcher(name.value()).find()) {
      found.add(
          at(
              LintRule.SECRETS_USED_IN_ARG_OR_ENV,
              name,
              "Do not use ARG or ENV instructions for sensitive data ("
                  + keyword
                  + " \""
                  + name
                  + "\")"));
    }
  }

  private void port(Text port) {
    String text = port.value();
    int slash = text.indexOf('/');
    String protocol = slash < 0 ? "" : text.substring(slash + 1);
    if (!protocol.contains("$") && !protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
      found.add(
          at(
              LintRule.EXPOSE_PROTO_CASING,
              port,
              "Defined protocol '" + text + "' in EXPOSE instruction should be lowercase"));
    }
    if (text.contains(":") && !text.contains("${")) {
      found.add(
          at(
              LintRule.EXPOSE_INVALID_FORMAT,
              port,
              "EXPOSE instruction should not define an IP address or host-port mapping, found '"
                  + text
                  + "'"));
    }
  }

  private void ignored(Instruction.Copy copy) {
    if (copy.flags().from().isPresent()) {
      return;
    }
    for (Text source : copy.sources()) {
      String path = RawPath.clean(RawPath.of(source.value()));
      boolean plain =
          !path.isEmpty() && !path.contains("$") && !GlobPattern.hasMeta(path) && !path.contains("<<");
      if (plain && ignore.excludes(path) && !ignore.mayInclude()) {
        found.add(
            at(
                LintRule.COPY_IGNORED_FILE,
                source,
                "Attempting to "
                    + copy.raw().keyword()
                    + " file \""
                    + source
                    + "\" that is excluded by .dockerignore"));
      }
    }
  }

  private void uses(Instruction instruction) {
    if (base.isEmpty()) {
      return;
    }
    for (Text text : expanded(instruction)) {
      for (String name : VariableUses.in(text, file.escape())) {
        if (!names.contains(name)) {
          String near = Nearest.of(name, names).map(n -> " (did you mean $" + n + "?)").orElse("");
          found.add(
              at(LintRule.UNDEFINED_VAR, text, "Usage of undefined variable '$" + name + "'" + near));
        }
      }
    }
  }

  /** The words in which variables are replaced. */
  private static List<Text> expanded(Instruction instruction) {
    List<Text> words = new ArrayList<>();
    switch (instruction) {
      case Instruction.Env env -> env.pairs().forEach(pair -> words.add(pair.value()));
      case Instruction.Label label ->
          label
              .pairs()
              .forEach(
                  pair -> {
                    words.add(pair.key());
                    words.add(pair.value());
                  });
      case Instruction.Arg arg -> arg.declarations().forEach(d -> d.value().ifPresent(words::add));
      case Instruction.Copy copy -> {
        words.addAll(copy.sources());
        words.add(copy.destination());
      }
      case Instruction.Workdir workdir -> words.add(workdir.path());
      case Instruction.User user -> words.add(user.user());
      case Instruction.StopSignal signal -> words.add(signal.signal());
      case Instruction.Volume volume -> words.addAll(volume.paths());
      case Instruction.Expose expose -> words.addAll(expose.ports());
      case Instruction.Run run -> run.mounts().forEach(flag -> words.add(flag.at()));
      default -> {}
    }
    return words;
  }
}
