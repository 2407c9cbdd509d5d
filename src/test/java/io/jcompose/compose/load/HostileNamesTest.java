package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.compose.ComposeException;
import io.jcompose.compose.canon.ConfigPrinter;
import io.jcompose.compose.model.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Names that want to be a path, an option, a line or a format: refused in words, or kept to the letter. */
@Tag("YML-4")
class HostileNamesTest {

  /** Harmless in a name: what is asserted of the others is seen to fail for them. */
  private static final String GOOD = "good-1.name";

  private static final List<String> PATHS = List.of("../x", "a/b", "/etc/x", "..", ".", "../../../../../tmp/x");
  private static final List<String> OTHERS =
      List.of("-rf", "--help", "a\nb", "a\r\nb", "%n%s", "a b", "a;b", "$$(id)", "a\"b", "\u001b[31m", "ünïcödé", "☃", "a".repeat(5000));

  /** Where a Compose file has names, {@code NAME} for the name. */
  private static final Map<String, String> PLACES =
      Map.ofEntries(
          Map.entry("services", "{services: {? NAME : {image: x}}}"),
          Map.entry("networks", "{services: {a: {image: x, networks: [NAME]}}, networks: {? NAME : {}}}"),
          Map.entry("volumes", "{services: {a: {image: x}}, volumes: {? NAME : {}}}"),
          Map.entry("secrets", "{services: {a: {image: x}}, secrets: {? NAME : {file: f}}}"),
          Map.entry("configs", "{services: {a: {image: x}}, configs: {? NAME : {content: c}}}"),
          Map.entry("container_name", "{services: {a: {image: x, container_name: NAME}}}"),
          Map.entry("volume name", "{services: {a: {image: x, volumes: ['v1:/v']}}, volumes: {v1: {name: NAME}}}"));

  @TempDir Path cwd;

  static Stream<String> places() {
    return PLACES.keySet().stream().sorted();
  }

  private Project load(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of())).project();
  }

  /** A YAML text in quotes, which JSON's are. */
  private static String quoted(String name) throws IOException {
    return new ObjectMapper().writeValueAsString(name);
  }

  private Optional<String> refusal(String place, String name) throws IOException {
    try {
      load(PLACES.get(place).replace("NAME", quoted(name)));
      return Optional.empty();
    } catch (ComposeException e) {
      return Optional.of(e.getMessage());
    }
  }

  /** Names of services, volumes, secrets and containers become names of files and of hosts. */
  @ParameterizedTest
  @MethodSource("places")
  void namesThatBecomeNamesElsewhere(String place) throws IOException {
    assertThat(refusal(place, GOOD)).isEmpty();
    List<String> accepted = new ArrayList<>();
    for (String name : Stream.concat(PATHS.stream(), OTHERS.stream()).toList()) {
      Optional<String> words = refusal(place, name);
      if (words.isEmpty()) {
        accepted.add(name);
      } else {
        assertThat(words.get()).startsWith("compose.yaml:1:").hasSizeLessThan(15_000);
      }
    }
    // They are keys only, of letters, digits and . _ -, and what is made of them has the project's name in front.
    List<String> harmless = List.of("..", ".", "-rf", "--help", "a".repeat(5000));
    assertThat(harmless).containsAll(accepted);
    if (place.contains("name")) {
      assertThat(accepted).isEmpty();
    }
  }

  @Test
  void aProjectsNameIsMadeOfWhatANameMayHave() throws IOException {
    for (String name : Stream.concat(PATHS.stream(), OTHERS.stream()).toList()) {
      try {
        String made = load("{name: " + quoted(name) + ", services: {a: {image: x}}}").name();
        assertThat(made).matches("[a-z0-9][a-z0-9_-]{0,199}");
      } catch (ComposeException e) {
        assertThat(name).hasSizeGreaterThan(200);
      }
    }
  }

  @Test
  void whatIsNoNameIsKeptToTheLetter() throws IOException {
    for (String text : Stream.concat(PATHS.stream(), OTHERS.stream()).toList()) {
      if (text.contains("\n")) {
        continue; // a key is one line
      }
      String quoted = quoted(text);
      String labels = "{? " + quoted + " : " + quoted + "}";
      Project project =
          load(
              "{services: {a: {image: x, command: [" + quoted + "], labels: " + labels + ", environment: " + labels
                  + ", networks: {default: {driver_opts: " + labels + "}}}}}");
      String kept = text.replace("$$", "$");
      assertThat(project.services().get("a").labels()).containsExactly(Map.entry(text, kept));
      assertThat(project.services().get("a").process().environment()).containsEntry(text, Optional.of(kept));
      assertThat(project.services().get("a").process().command()).contains(List.of(kept));
      // config's text is read back the same, whatever a name wants it to be
      String printed = ConfigPrinter.yaml(ProjectLoader.load(LoadOptions.in(cwd, Map.of())).tree(), true);
      assertThat(load(printed).services()).isEqualTo(project.services());
    }
  }
}
