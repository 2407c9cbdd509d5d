package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

class ReadyModelsTest {
  private final List<CommandModel> made = new ArrayList<>();
  private final ReadyModels models =
      new ReadyModels(
          name -> {
            made.add(Commands.model(name, Optional.empty()));
            return made.getLast();
          },
          Runnable::run);

  private String run(String line) {
    Caller caller = new Caller(Path.of("/"), Map.of());
    assertThat(models.run(caller.calls(line))).isZero();
    return caller.out.toString();
  }

  @Test
  void modelOfTheNextCallIsMadeWhenOneHasRun() {
    run("version --short");
    assertThat(made).hasSize(2);
    run("version");
    assertThat(made).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void nothingOfOneCallIsSeenByTheNext() {
    String brief = run("version --short");
    assertThat(run("version")).contains(brief.strip()).isNotEqualTo(brief);
  }

  /** The names of all commands whose models go from call to call. */
  static List<String> reusable() {
    List<String> names = new ArrayList<>();
    GlobalOptions options = new GlobalOptions();
    CommandLine root = Commands.all(new CommandContext(options, Optional.empty()), options);
    root.getSubcommands().forEach((name, line) -> addReusable(name, line, names));
    assertThat(names).contains("ps", "container run");
    return names;
  }

  private static void addReusable(String name, CommandLine line, List<String> names) {
    if (line.getCommand() instanceof Reusable) {
      names.add(name);
    }
    line.getSubcommands().forEach((next, sub) -> addReusable(name + " " + next, sub, names));
  }

  /** The line with every option that the command has, and some that stand before it. */
  private static List<String> everything(String name) {
    List<String> words = new ArrayList<>(List.of("-f", "a.yaml", "-p", "b", "--profile", "c", "--ansi", "never", "--dry-run"));
    words.addAll(List.of(name.split(" ")));
    CommandLine line = leaf(Commands.model(Commands.name(words), Optional.empty()));
    for (OptionSpec option : line.getCommandSpec().options()) {
      if (!option.usageHelp()) {
        words.add(option.typeInfo().isBoolean() ? option.longestName() : option.longestName() + "=1");
      }
    }
    words.addAll(operands(name));
    return words;
  }

  private static List<String> operands(String name) {
    boolean lists = List.of("ps", "ls", "list").contains(name.substring(name.lastIndexOf(' ') + 1));
    return lists ? List.of() : List.of("one", "two");
  }

  private static CommandLine leaf(CommandModel model) {
    CommandLine verb = model.line().getSubcommands().get(model.name().verb());
    return model.name().next().isEmpty() ? verb : verb.getSubcommands().get(model.name().next());
  }

  private static List<Object> values(CommandModel model, List<String> words) {
    model.line().parseArgs(words.toArray(String[]::new));
    return Stream.of(model.line(), leaf(model))
        .flatMap(line -> line.getCommandSpec().args().stream())
        .map(ArgSpec::getValue)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("reusable")
  void theModelOfAReusableCommandIsAsNewForTheNextCall(String name) {
    List<String> least = new ArrayList<>(List.of(name.split(" ")));
    least.addAll(operands(name));
    CommandModel model = Commands.model(Commands.name(least), Optional.empty());
    List<Object> fresh = values(Commands.model(model.name(), Optional.empty()), least);
    assertThat(values(model, everything(name))).isNotEqualTo(fresh);
    assertThat(model.reusable()).isTrue();
    assertThat(values(model, least)).usingRecursiveComparison().isEqualTo(fresh);
    assertThat(model.reusable()).isTrue();
  }

  @Test
  void twoCallsAtOnceHaveAModelEach() {
    Output callsMeanwhile =
        new Output() {
          @Override
          public void write(byte[] from, int offset, int length) {
            run("ps --help");
          }

          @Override
          public boolean terminal() {
            return false;
          }
        };
    Invocation outer =
        new Invocation(
            List.of("ps", "--help"), Path.of("/"), Map.of(), callsMeanwhile, callsMeanwhile,
            List.of(Optional.empty(), Optional.empty(), Optional.empty()), false, Optional.empty(), new Cancellation());
    assertThat(models.run(outer)).isZero();
    assertThat(made).hasSize(2);
    run("ps --help");
    assertThat(made).as("from then on there is one").hasSize(2);
  }

  @Test
  void aModelOfWhichAListHasGrownServesNobodyElse() {
    CommandModel model = Commands.model(Commands.name(List.of("ps")), Optional.empty());
    model.line().parseArgs("ps");
    assertThat(model.reusable()).isTrue();
    ((PsCommand) leaf(model).getCommand()).services.add("one");
    assertThat(model.reusable()).isFalse();
  }

  @Test
  void verbsOfOneGroupHaveModelsOfTheirOwn() {
    assertThat(run("container run --help")).contains("Usage: jcompose container run");
    assertThat(run("container exec --help")).contains("Usage: jcompose container exec");
    assertThat(made).extracting(model -> model.name().next()).containsExactly("run", "exec");
  }

  @Test
  void onlyThoseCalledLastAreKept() {
    for (String verb : List.of("up", "down", "ps", "logs", "ls", "run", "exec", "stop", "start")) {
      run(verb + " --help");
    }
    made.clear();
    run("up --help");
    assertThat(made).hasSize(2);
    made.clear();
    run("start --help");
    assertThat(made).hasSize(1);
  }
}
