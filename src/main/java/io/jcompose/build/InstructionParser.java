package io.jcompose.build;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.build.Instruction.CopyFlags;
import io.jcompose.build.Instruction.Declaration;
import io.jcompose.build.Instruction.Pair;
import io.jcompose.build.RawInstruction.Flag;
import io.jcompose.nearest.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The grammar of each instruction (Dockerfile reference). */
final class InstructionParser {
  /** Every instruction and the flags that it takes. */
  private static final Map<String, Set<String>> FLAGS =
      Map.ofEntries(
          Map.entry(
              "ADD",
              Set.of("chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude")),
          Map.entry("ARG", Set.of()),
          Map.entry("CMD", Set.of()),
          Map.entry("COPY", Set.of("from", "chown", "chmod", "link", "parents", "exclude")),
          Map.entry("ENTRYPOINT", Set.of()),
          Map.entry("ENV", Set.of()),
          Map.entry("EXPOSE", Set.of()),
          Map.entry("FROM", Set.of("platform")),
          Map.entry(
              "HEALTHCHECK",
              Set.of("interval", "timeout", "start-period", "start-interval", "retries")),
          Map.entry("LABEL", Set.of()),
          Map.entry("MAINTAINER", Set.of()),
          Map.entry("ONBUILD", Set.of()),
          Map.entry("RUN", Set.of("mount", "network", "security", "device")),
          Map.entry("SHELL", Set.of()),
          Map.entry("STOPSIGNAL", Set.of()),
          Map.entry("USER", Set.of()),
          Map.entry("VOLUME", Set.of()),
          Map.entry("WORKDIR", Set.of()));

  private static final Set<String> REPEATABLE = Set.of("mount", "exclude", "device");
  private static final Set<String> NO_TRIGGER = Set.of("ONBUILD", "FROM", "MAINTAINER");
  private static final ObjectMapper JSON = new ObjectMapper();
  private final char escape;

  InstructionParser(char escape) {
    this.escape = escape;
  }

  Instruction parse(RawInstruction raw) {
    Set<String> known = FLAGS.get(raw.keyword());
    if (known == null) {
      throw raw.at()
          .error(
              "unknown instruction \""
                  + raw.keyword()
                  + "\""
                  + Nearest.suggestion(raw.keyword(), FLAGS.keySet()));
    }
    checkFlags(raw, known);
    if (raw.rest().isEmpty()) {
      throw raw.at().error(raw.keyword() + " needs an argument");
    }
    Text rest = raw.rest();
    return switch (raw.keyword()) {
      case "FROM" -> from(raw);
      case "ARG" -> new Instruction.Arg(raw, declarations(rest));
      case "ENV" -> new Instruction.Env(raw, pairs(raw));
      case "LABEL" -> new Instruction.Label(raw, pairs(raw));
      case "RUN" -> run(raw);
      case "COPY", "ADD" -> copy(raw);
      case "WORKDIR" -> new Instruction.Workdir(raw, rest);
      case "USER" -> new Instruction.User(raw, one(raw));
      case "STOPSIGNAL" -> new Instruction.StopSignal(raw, one(raw));
      case "MAINTAINER" -> new Instruction.Maintainer(raw, rest);
      case "VOLUME" -> new Instruction.Volume(raw, jsonOrWords(rest));
      case "EXPOSE" -> new Instruction.Expose(raw, rest.quotedWords(escape));
      case "CMD" -> new Instruction.Cmd(raw, command(rest));
      case "ENTRYPOINT" -> new Instruction.Entrypoint(raw, command(rest));
      case "SHELL" ->
          new Instruction.Shell(
              raw,
              json(rest)
                  .filter(argv -> !argv.isEmpty())
                  .orElseThrow(
                      () ->
                          rest.error("SHELL needs a JSON list, such as [\"/bin/bash\", \"-c\"]")));
      case "HEALTHCHECK" -> healthcheck(raw);
      default -> onBuild(raw);
    };
  }

  private static void checkFlags(RawInstruction raw, Set<String> known) {
    Set<String> seen = new HashSet<>();
    for (Flag flag : raw.flags()) {
      if (!known.contains(flag.name())) {
        throw flag.at()
            .error(
                raw.keyword()
                    + " has no flag --"
                    + flag.name()
                    + Nearest.suggestion(flag.name(), known));
      }
      if (!seen.add(flag.name()) && !REPEATABLE.contains(flag.name())) {
        throw flag.at().error("the flag --" + flag.name() + " is given twice");
      }
    }
  }

  private static Optional<Flag> flag(RawInstruction raw, String name) {
    Optional<Flag> found = raw.flags().stream().filter(f -> f.name().equals(name)).findFirst();
    found
        .filter(f -> !f.hasValue())
        .ifPresent(
            f -> {
              throw f.at().error("the flag --" + name + " needs a value: --" + name + "=…");
            });
    return found;
  }

  private static boolean bool(RawInstruction raw, String name) {
    return raw.flags().stream()
        .filter(f -> f.name().equals(name))
        .findFirst()
        .map(
            f ->
                switch (f.hasValue() ? f.value().toLowerCase(Locale.ROOT) : "true") {
                  case "true", "1", "t" -> true;
                  case "false", "0", "f" -> false;
                  default -> throw f.at().error("--" + name + " is true or false");
                })
        .orElse(false);
  }

  private static Text one(RawInstruction raw) {
    if (raw.rest().words().size() > 1) {
      throw raw.rest().error(raw.keyword() + " takes one argument");
    }
    return raw.rest();
  }

  private static Instruction from(RawInstruction raw) {
    List<Text> words = raw.rest().words();
    boolean named = words.size() == 3 && words.get(1).value().equalsIgnoreCase("AS");
    if (words.size() != 1 && !named) {
      throw raw.rest().error("FROM is written: FROM image, or FROM image AS name");
    }
    Optional<String> name = Optional.empty();
    if (named) {
      String lower = words.get(2).value().toLowerCase(Locale.ROOT);
      if (!lower.matches("[a-z][a-z0-9-_.]*")) {
        throw words
            .get(2)
            .error("a stage's name has letters, digits, -, _ and ., and begins with a letter");
      }
      name = Optional.of(lower);
    }
    return new Instruction.From(raw, flag(raw, "platform"), words.getFirst(), name);
  }

  private List<Declaration> declarations(Text rest) {
    List<Declaration> declarations = new ArrayList<>();
    for (Text word : rest.quotedWords(escape)) {
      int equals = word.value().indexOf('=');
      Text name = equals < 0 ? word : word.substring(0, equals);
      if (name.isEmpty()) {
        throw word.error("ARG needs a name before the \"=\"");
      }
      declarations.add(
          new Declaration(
              name, equals < 0 ? Optional.empty() : Optional.of(word.substring(equals + 1))));
    }
    return declarations;
  }

  /** {@code k=v k2=v2}, or the old {@code k everything else}. */
  private List<Pair> pairs(RawInstruction raw) {
    List<Text> words = raw.rest().quotedWords(escape);
    if (words.getFirst().value().indexOf('=') < 0) {
      if (words.size() < 2) {
        throw words
            .getFirst()
            .error(raw.keyword() + " needs a value: " + raw.keyword() + " name=value");
      }
      Text value = raw.rest().substring(words.getFirst().value().length()).strip();
      return List.of(new Pair(words.getFirst(), value));
    }
    List<Pair> pairs = new ArrayList<>();
    for (Text word : words) {
      int equals = word.value().indexOf('=');
      if (equals <= 0) {
        throw word.error("\"" + word + "\" is not of the form name=value");
      }
      pairs.add(new Pair(word.substring(0, equals), word.substring(equals + 1)));
    }
    return pairs;
  }

  private static Instruction run(RawInstruction raw) {
    Optional<Flag> security = flag(raw, "security");
    security
        .filter(f -> !Set.of("sandbox", "insecure").contains(f.value()))
        .ifPresent(
            f -> {
              throw f.at().error("--security is sandbox or insecure");
            });
    Optional<Flag> network = flag(raw, "network");
    network
        .filter(f -> !Set.of("default", "none", "host").contains(f.value()))
        .ifPresent(
            f -> {
              throw f.at().error("--network is default, none or host");
            });
    List<Flag> mounts = raw.flags().stream().filter(f -> f.name().equals("mount")).toList();
    List<Flag> devices = raw.flags().stream().filter(f -> f.name().equals("device")).toList();
    return new Instruction.Run(
        raw, RunScript.command(raw, command(raw.rest())), mounts, network, security, devices);
  }

  private Instruction copy(RawInstruction raw) {
    List<Text> words = jsonOrWords(raw.rest());
    if (words.size() < 2) {
      throw raw.rest().error(raw.keyword() + " needs at least one source and a destination");
    }
    CopyFlags flags =
        new CopyFlags(
            flag(raw, "from"),
            flag(raw, "chown"),
            flag(raw, "chmod"),
            bool(raw, "link"),
            bool(raw, "parents"),
            raw.flags().stream().filter(f -> f.name().equals("exclude")).toList(),
            raw.flags().stream().anyMatch(f -> f.name().equals("unpack"))
                ? Optional.of(bool(raw, "unpack"))
                : Optional.empty(),
            flag(raw, "checksum"),
            bool(raw, "keep-git-dir"));
    List<Text> sources = words.subList(0, words.size() - 1);
    return new Instruction.Copy(raw, raw.keyword().equals("ADD"), sources, words.getLast(), flags);
  }

  private static Instruction healthcheck(RawInstruction raw) {
    List<Text> words = raw.rest().words();
    String kind = words.getFirst().value().toUpperCase(Locale.ROOT);
    if (kind.equals("NONE")) {
      if (words.size() > 1 || !raw.flags().isEmpty()) {
        throw raw.rest().error("HEALTHCHECK NONE takes nothing else");
      }
      return new Instruction.Healthcheck(raw, Optional.empty(), 0, 0, 0, 0, 0);
    }
    if (!kind.equals("CMD") || words.size() < 2) {
      throw raw.rest()
          .error("HEALTHCHECK is written: HEALTHCHECK CMD command, or HEALTHCHECK NONE");
    }
    Command command = command(raw.rest().substring(3).strip());
    return new Instruction.Healthcheck(
        raw,
        Optional.of(command),
        time(raw, "interval"),
        time(raw, "timeout"),
        time(raw, "start-period"),
        time(raw, "start-interval"),
        retries(raw));
  }

  private static long time(RawInstruction raw, String name) {
    return flag(raw, name).map(f -> GoDuration.nanos(f.value(), f.at())).orElse(0L);
  }

  private static int retries(RawInstruction raw) {
    Optional<Flag> retries = flag(raw, "retries");
    if (retries.isPresent() && !retries.get().value().matches("[1-9][0-9]{0,8}")) {
      throw retries.get().at().error("--retries is a whole number from 1 on");
    }
    return retries.map(f -> Integer.parseInt(f.value())).orElse(0);
  }

  private Instruction onBuild(RawInstruction raw) {
    String keyword = raw.rest().words().getFirst().value().toUpperCase(Locale.ROOT);
    if (NO_TRIGGER.contains(keyword)) {
      throw raw.rest().error("ONBUILD can't hold back " + keyword);
    }
    if (!raw.heredocs().isEmpty()) {
      throw raw.rest().error("ONBUILD with a here-document can't be stored in an image");
    }
    if (!FLAGS.containsKey(keyword)) {
      throw raw.rest()
          .error(
              "unknown instruction \""
                  + keyword
                  + "\""
                  + Nearest.suggestion(keyword, FLAGS.keySet()));
    }
    return new Instruction.OnBuild(raw, raw.rest().value());
  }

  private static Command command(Text rest) {
    return json(rest)
        .map(argv -> new Command(false, "", argv))
        .orElseGet(() -> new Command(true, rest.value(), List.of()));
  }

  /** JSON's list of texts, or nothing when it isn't one: then it is the shell form. */
  private static Optional<List<String>> json(Text rest) {
    if (!rest.value().startsWith("[")) {
      return Optional.empty();
    }
    try {
      var node =
          JSON.reader()
              .with(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .readTree(rest.value());
      List<String> texts = new ArrayList<>();
      for (var element : node) {
        if (!element.isTextual()) {
          return Optional.empty();
        }
        texts.add(element.textValue());
      }
      return Optional.of(List.copyOf(texts));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private List<Text> jsonOrWords(Text rest) {
    return json(rest)
        .map(texts -> texts.stream().map(text -> rest.replaced(text)).toList())
        .orElseGet(() -> rest.quotedWords(escape));
  }
}
