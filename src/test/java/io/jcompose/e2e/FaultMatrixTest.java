package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every fault that the engine is to outlive, by its number, has a test that bears it: {@code mvn test -Dgroups=F-05}
 * runs those of one. {@link #table} lists them.
 */
class FaultMatrixTest {
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern TAGGED =
      Pattern.compile("((?:@Tag\\(\"F-\\d\\d\"\\)\\s+)+)(?:@.*\\s+)*void (\\w+)\\(");
  private static final Pattern NUMBER = Pattern.compile("F-\\d\\d");

  private static Set<String> promised() {
    return Stream.of(IntStream.rangeClosed(1, 12), IntStream.rangeClosed(19, 21), IntStream.rangeClosed(28, 33))
        .flatMap(IntStream::boxed)
        .map("F-%02d"::formatted)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** The tests of each fault, as Class.method. */
  static Map<String, Set<String>> table() throws IOException {
    Map<String, Set<String>> table = new TreeMap<>();
    try (var files = Files.walk(TESTS)) {
      for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
        String type = file.getFileName().toString().replace(".java", "");
        TAGGED
            .matcher(Files.readString(file))
            .results()
            .forEach(
                match ->
                    NUMBER
                        .matcher(match.group(1))
                        .results()
                        .forEach(
                            number ->
                                table
                                    .computeIfAbsent(number.group(), n -> new TreeSet<>())
                                    .add(type + "." + match.group(2))));
      }
    }
    return table;
  }

  @Test
  void everyFaultHasATest() throws IOException {
    assertThat(table().keySet()).containsAll(promised());
  }
}
