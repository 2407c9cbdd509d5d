package io.jcompose.compose.canon;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.canon.Conformance.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the recorded cases of real Compose files, if their folder is there: that of the system
 * property {@code jcompose.conformance}, of {@code JCOMPOSE_CONFORMANCE}, or {@code
 * ../shared/conformance} beside the checkout.
 */
class ConformanceTest {

  @Test
  void agreesWithTheReferenceOnAllCases() throws IOException {
    Optional<Path> folder = folder();
    if (folder.isEmpty()) {
      System.out.println("conformance: no recorded cases found, 0 run");
      return;
    }
    Conformance conformance = new Conformance(folder.get());
    List<String> different = new ArrayList<>();
    List<Case> cases = conformance.cases();
    for (Case test : cases) {
      conformance.run(test).ifPresent(d -> different.add(test.name() + " " + d));
    }
    System.out.println(
        "conformance: "
            + (cases.size() - different.size())
            + " of "
            + cases.size()
            + " cases agree");
    assertThat(cases).isNotEmpty();
    assertThat(different).isEmpty();
  }

  @Test
  void printsWhatLoadsTheSameAgain(@TempDir Path scratch) throws IOException {
    Optional<Path> folder = folder();
    if (folder.isEmpty()) {
      System.out.println("conformance: no recorded cases found, 0 printed twice");
      return;
    }
    Conformance conformance = new Conformance(folder.get());
    List<String> different = new ArrayList<>();
    for (Case test : conformance.cases()) {
      conformance.runTwice(test, scratch).ifPresent(d -> different.add(test.name() + " " + d));
    }
    assertThat(different).isEmpty();
  }

  private static Optional<Path> folder() {
    List<Path> places = new ArrayList<>();
    String property = System.getProperty("jcompose.conformance");
    String variable = System.getenv("JCOMPOSE_CONFORMANCE");
    if (property != null) {
      places.add(Path.of(property));
    }
    if (variable != null) {
      places.add(Path.of(variable));
    }
    places.add(Path.of("../shared/conformance"));
    places.add(Path.of("../../shared/conformance"));
    return places.stream()
        .map(p -> p.resolve("config"))
        .filter(p -> Files.isRegularFile(p.resolve("cases.tsv")))
        .findFirst();
  }
}
