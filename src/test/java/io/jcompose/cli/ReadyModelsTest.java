package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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

  @Test
  void verbsOfOneGroupHaveModelsOfTheirOwn() {
    assertThat(run("container run --help")).contains("Usage: jcompose container run");
    assertThat(run("container exec --help")).contains("Usage: jcompose container exec");
    assertThat(made).extracting(model -> model.name().next()).containsExactly("run", "run", "exec", "exec");
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
