package io.jcompose.compose.canon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.ComposeException;
import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.Loaded;
import io.jcompose.compose.load.ProjectLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The recorded cases of {@code config}: real files, and what the reference printed for them. */
final class Conformance {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SECTION =
      Pattern.compile(
          "(?:services|networks|volumes|secrets|configs|models|include)"
              + "(?:\\.[^\\s:'\",]+|\\[[^\\]\\s]+\\][^\\s:'\",]*)");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\\s]+)\"|'([^'\\s]+)'");
  private static final Pattern VARIABLE = Pattern.compile("required variable (\\w+)");
  private static final Pattern FILE =
      Pattern.compile("(/corpus/[^\\s:]+)(?= not found|: no such file)");
  private static final Pattern UNKNOWN =
      Pattern.compile("additional properties ((?:'[^']*'(?:, )?)+)");

  private final Path folder;
  private final String files;

  Conformance(Path folder) throws IOException {
    this.folder = folder.toRealPath();
    this.files = this.folder.resolve("files").toString();
  }

  record Case(String name, String dir, String args, boolean fails) {}

  List<Case> cases() throws IOException {
    try (Stream<String> lines = Files.lines(folder.resolve("cases.tsv"))) {
      return lines
          .skip(1)
          .map(l -> l.split("\t", -1))
          .map(f -> new Case(f[0], f[1], f[2], f[3].equals("error")))
          .toList();
    }
  }

  /** What differs when the YAML that was printed for a case is loaded and printed again. */
  Optional<String> runTwice(Case test, Path scratch) throws IOException {
    String first;
    try {
      first = ConfigPrinter.yaml(ProjectLoader.load(options(test)).tree(), true);
    } catch (ComposeException e) {
      return Optional.empty();
    }
    Files.writeString(scratch.resolve("compose.yaml"), first);
    LoadOptions again = LoadOptions.in(scratch, Map.of()).withProfiles("*");
    try {
      String second = ConfigPrinter.yaml(ProjectLoader.load(again).tree(), true);
      return first.equals(second) ? Optional.empty() : Optional.of(firstDifference(first, second));
    } catch (ComposeException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static String firstDifference(String first, String second) {
    List<String> a = first.lines().toList();
    List<String> b = second.lines().toList();
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!a.get(i).equals(b.get(i))) {
        return "line " + (i + 1) + ": " + a.get(i) + " | " + b.get(i);
      }
    }
    return "lengths " + a.size() + " and " + b.size();
  }

  /** What differs, or nothing. */
  Optional<String> run(Case test) throws IOException {
    String output;
    try {
      Loaded loaded = ProjectLoader.load(options(test));
      output = ConfigPrinter.json(loaded.tree(), true).replace(files, "/corpus");
      Path expected = folder.resolve("golden/" + test.name() + ".warn");
      if (!test.fails() && Files.exists(expected)) {
        String said = String.join("\n", loaded.warnings()).replace(files, "/corpus");
        for (String warning : Files.readAllLines(expected)) {
          if (!said.contains(warning)) {
            return Optional.of("missing warning: " + warning);
          }
        }
      }
    } catch (ComposeException e) {
      String said = e.getMessage().replace(files, "/corpus");
      if (test.fails()) {
        return errorDiffers(test, said);
      }
      return Optional.of("error: " + said.lines().findFirst().orElse(""));
    }
    if (test.fails()) {
      return Optional.of(
          "want an error: "
              + Files.readString(folder.resolve("golden/" + test.name() + ".err")).strip());
    }
    JsonNode want = JSON.readTree(folder.resolve("golden/" + test.name() + ".json").toFile());
    return Optional.ofNullable(difference(want, JSON.readTree(output), "$"));
  }

  private LoadOptions options(Case test) {
    Path cwd = Path.of(files, test.dir());
    Map<String, String> environment =
        Map.of(
            "PATH",
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME",
            "/root",
            "PWD",
            cwd.toString());
    List<String> composeFiles = new ArrayList<>();
    List<String> envFiles = new ArrayList<>();
    List<String> profiles = new ArrayList<>();
    String name = null;
    String directory = null;
    Iterator<String> words = ShellWords.split(test.args()).orElseThrow().iterator();
    while (words.hasNext()) {
      switch (words.next()) {
        case "-f" -> composeFiles.add(words.next());
        case "-p" -> name = words.next();
        case "--env-file" -> envFiles.add(words.next());
        case "--profile" -> profiles.add(words.next());
        case "--project-directory" -> directory = words.next();
        default -> throw new IllegalArgumentException(test.args());
      }
    }
    return new LoadOptions(
        cwd,
        environment,
        composeFiles,
        Optional.ofNullable(name),
        Optional.ofNullable(directory),
        envFiles,
        profiles,
        Optional.of(""),
        Set.of());
  }

  private Optional<String> errorDiffers(Case test, String said) throws IOException {
    List<String> alternatives =
        Files.readAllLines(folder.resolve("golden/" + test.name() + ".err")).stream()
            .filter(l -> !l.isBlank())
            .toList();
    for (String alternative : alternatives) {
      if (names(alternative, said)) {
        return Optional.empty();
      }
    }
    return Optional.of(
        "other error: want " + alternatives.getFirst() + "; got " + said.replace('\n', '~'));
  }

  private static boolean names(String alternative, String said) {
    List<List<Set<String>>> parts =
        Arrays.stream(alternative.split(" \\| "))
            .map(Conformance::needs)
            .filter(n -> !n.isEmpty())
            .toList();
    return parts.isEmpty()
        || parts.stream()
            .anyMatch(need -> need.stream().allMatch(s -> s.stream().anyMatch(said::contains)));
  }

  private static List<Set<String>> needs(String message) {
    List<Set<String>> need = new ArrayList<>();
    String part = message;
    Matcher unknown = UNKNOWN.matcher(part);
    if (unknown.find()) {
      Set<String> keys = new java.util.HashSet<>();
      Matcher key = Pattern.compile("'([^']*)'").matcher(unknown.group(1));
      while (key.find()) {
        keys.add(key.group(1));
      }
      need.add(keys);
      part = part.substring(0, unknown.start()) + part.substring(unknown.end());
    }
    part = part.replaceFirst("^validating \\S+: *", "");
    Matcher section = SECTION.matcher(part);
    while (section.find()) {
      List<String> keys =
          Arrays.stream(section.group().split("[.\\[\\]]+"))
              .skip(1)
              .filter(k -> !k.isEmpty() && !k.chars().allMatch(Character::isDigit))
              .toList();
      if (!keys.isEmpty()) {
        need.add(Set.of(keys.getFirst()));
        need.add(Set.of(keys.getLast()));
      }
    }
    Matcher quoted = QUOTED.matcher(part);
    while (quoted.find()) {
      String text = quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
      if (!SECTION.matcher(text).lookingAt()) {
        need.add(Set.of(text));
      }
    }
    Matcher variable = VARIABLE.matcher(part);
    if (variable.find()) {
      need.add(Set.of(variable.group(1)));
    }
    Matcher file = FILE.matcher(part);
    while (file.find()) {
      need.add(Set.of(Path.of(file.group(1)).getFileName().toString()));
    }
    return need;
  }

  private static String difference(JsonNode want, JsonNode got, String path) {
    if (want.isObject() && got.isObject()) {
      Map<String, JsonNode> keys = new LinkedHashMap<>();
      want.properties().forEach(e -> keys.put(e.getKey(), e.getValue()));
      for (Map.Entry<String, JsonNode> e : keys.entrySet()) {
        String at = path + "." + e.getKey();
        if (!got.has(e.getKey())) {
          return at + ": missing, want " + e.getValue();
        }
        String difference = difference(e.getValue(), got.get(e.getKey()), at);
        if (difference != null) {
          return difference;
        }
      }
      return got.properties().stream()
          .filter(e -> !want.has(e.getKey()))
          .map(e -> path + "." + e.getKey() + ": unexpected, got " + e.getValue())
          .findFirst()
          .orElse(null);
    }
    if (want.isArray() && got.isArray()) {
      for (int i = 0; i < Math.min(want.size(), got.size()); i++) {
        String difference = difference(want.get(i), got.get(i), path + "[" + i + "]");
        if (difference != null) {
          return difference;
        }
      }
      return want.size() == got.size()
          ? null
          : path + ": want " + want.size() + " items, got " + got.size();
    }
    boolean same =
        want.isNumber() && got.isNumber()
            ? want.decimalValue().compareTo(got.decimalValue()) == 0
            : want.equals(got);
    return same ? null : path + ": want " + want + ", got " + got;
  }

  /** Prints each case that differs. */
  public static void main(String[] args) throws IOException {
    Conformance conformance = new Conformance(Path.of(args[0]));
    int passed = 0;
    int failed = 0;
    for (Case test : conformance.cases()) {
      if (args.length > 1 && !test.name().equals(args[1])) {
        continue;
      }
      Optional<String> difference;
      try {
        difference = conformance.run(test);
      } catch (RuntimeException e) {
        difference = Optional.of("threw " + e + " at " + e.getStackTrace()[0]);
      }
      if (difference.isEmpty()) {
        passed++;
      } else {
        failed++;
        String text = difference.get();
        System.out.println(
            test.name()
                + " "
                + test.dir()
                + " "
                + test.args()
                + "\n    "
                + text.substring(0, Math.min(500, text.length())));
      }
    }
    System.out.println(passed + " agree, " + failed + " differ");
  }
}
