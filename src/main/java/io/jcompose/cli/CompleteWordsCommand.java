package io.jcompose.cli;

import io.jcompose.compose.ComposeException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;

/** What the scripts of {@link CompletionCommand} ask: what the last of these words can become. */
@Command(name = "complete-words", hidden = true, description = "Prints what the last word can become.")
final class CompleteWordsCommand implements Callable<Integer> {
  private static final String SERVICE = "SERVICE";
  private final CommandContext context;

  @Parameters(paramLabel = "WORD", description = "The words after the program's name; the last one is completed")
  List<String> words = new ArrayList<>();

  CompleteWordsCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String last = words.isEmpty() ? "" : words.getLast();
    List<String> before = words.isEmpty() ? List.of() : words.subList(0, words.size() - 1);
    GlobalOptions options = new GlobalOptions();
    CommandLine line = Commands.all(context.local(options), options);
    int verb = firstThatIsNoOption(before);
    TreeSet<String> candidates = new TreeSet<>();
    if (verb < 0) {
      candidates.addAll(visible(line));
    }
    for (String word : verb < 0 ? List.<String>of() : before.subList(verb, before.size())) {
      line = line.getSubcommands().getOrDefault(word, line);
    }
    if (verb >= 0) {
      candidates.addAll(visible(line));
      if (takesServices(line.getCommandSpec())) {
        candidates.addAll(services(before.subList(0, verb)));
      }
    }
    if (last.startsWith("-")) {
      line.getCommandSpec().options().stream()
          .filter(option -> !option.hidden())
          .map(OptionSpec::longestName)
          .forEach(candidates::add);
    }
    candidates.stream().filter(word -> word.startsWith(last)).forEach(context.out()::println);
    return 0;
  }

  private static int firstThatIsNoOption(List<String> before) {
    for (int i = 0; i < before.size(); i++) {
      if (Commands.OPTIONS_WITH_VALUE.contains(before.get(i))) {
        i++;
      } else if (!before.get(i).startsWith("-")) {
        return i;
      }
    }
    return -1;
  }

  private static List<String> visible(CommandLine line) {
    return line.getSubcommands().entrySet().stream()
        .filter(e -> !e.getValue().getCommandSpec().usageMessage().hidden())
        .map(java.util.Map.Entry::getKey)
        .toList();
  }

  private static boolean takesServices(CommandSpec spec) {
    return spec.positionalParameters().stream().map(ArgSpec::paramLabel).anyMatch(label -> label.startsWith(SERVICE));
  }

  /** None where there is no project, or one that can't be read: nobody has asked for an error here. */
  private List<String> services(List<String> globals) {
    GlobalOptions options = new GlobalOptions();
    try {
      new CommandLine(options).parseArgs(globals.toArray(String[]::new));
      return List.copyOf(
          new ProjectSource(context.local(options)).loadQuietly().services().keySet());
    } catch (ComposeException | CommandLine.ParameterException e) {
      return List.of();
    }
  }
}
