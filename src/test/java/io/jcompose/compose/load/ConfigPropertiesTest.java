package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.canon.ConfigPrinter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What holds for all files: they load or are refused in words, and config prints a fixed point. */
class ConfigPropertiesTest {

  private static final List<String> KEYS =
      List.of(
          "image",
          "build",
          "command",
          "environment",
          "ports",
          "volumes",
          "networks",
          "depends_on",
          "healthcheck",
          "deploy",
          "labels",
          "mem_limit",
          "cpus",
          "ulimits",
          "extends",
          "secrets",
          "tmpfs",
          "extra_hosts",
          "stop_grace_period",
          "init",
          "x-own");

  private static final List<String> VALUES =
      List.of(
          "x",
          "null",
          "[]",
          "{}",
          "[a]",
          "[a=b, c]",
          "{a: b, c: null}",
          "'80:80'",
          "['80:80', '90-92:90-92/udp', 53]",
          "['./a:/b:ro', 'data:/c', '/d']",
          "[{type: bind, source: ./a, target: /b, bind: {create_host_path: false}}]",
          "{default: {aliases: [q]}}",
          "[b]",
          "{b: {condition: service_started}}",
          "{test: ls, interval: 90s, retries: 0}",
          "{resources: {limits: {cpus: '0.5', memory: 1g}}}",
          "1.5g",
          "0.5",
          "{nofile: {soft: 1, hard: 2}, nproc: 3}",
          "{service: b}",
          "10",
          "true",
          "'$$A ${B:-c} ${C}'",
          "${D?}",
          "!reset null",
          "!override [z]",
          "\"two\\nlines\\n\"",
          "' lead # no: \"comment\"'",
          "1m30s",
          "[h:1.2.3.4]",
          "2020-01-01",
          "&n [a, *n]");

  private static Path cwd;

  @BeforeContainer
  static void folder() throws IOException {
    cwd = Files.createTempDirectory("config-properties");
  }

  @AfterContainer
  static void clean() throws IOException {
    Files.deleteIfExists(cwd.resolve("compose.yaml"));
    Files.deleteIfExists(cwd.resolve("over.yaml"));
    Files.deleteIfExists(cwd);
  }

  @Provide
  Arbitrary<String> files() {
    Arbitrary<String> attribute =
        Combinators.combine(Arbitraries.of(KEYS), Arbitraries.of(VALUES))
            .as((key, value) -> "    " + key + ": " + value + "\n");
    return Combinators.combine(
            attribute.list().ofMaxSize(4).uniqueElements(line -> line.split(":")[0]),
            Arbitraries.of("", "name: p\n", "networks: {n: {}}\n", "x-top: [1, {a: b}]\n"))
        .as(
            (attributes, rest) ->
                rest
                    + "services:\n  a:\n    hostname: h\n"
                    + String.join("", attributes)
                    + "  b:\n    image: y\nvolumes: {data: }\nsecrets: {a: {file: s}}\n");
  }

  @Property(tries = 600)
  void whatConfigPrintsLoadsTheSame(@ForAll("files") String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles("compose.yaml");
    String first;
    try {
      first = ConfigPrinter.yaml(ProjectLoader.load(options).tree(), true);
    } catch (ComposeException e) {
      assertThat(e.problems()).isNotEmpty();
      return;
    }
    Files.writeString(cwd.resolve("compose.yaml"), first);
    assertThat(ConfigPrinter.yaml(ProjectLoader.load(options).tree(), true)).isEqualTo(first);
  }

  @Property(tries = 400)
  void anyTwoFilesMergeOrAreRefusedInWords(
      @ForAll("files") String base, @ForAll("files") String over) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), base);
    Files.writeString(cwd.resolve("over.yaml"), over);
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles("compose.yaml", "over.yaml");
    try {
      Loaded loaded = ProjectLoader.load(options);
      assertThat(ConfigPrinter.json(loaded.tree(), true)).isNotEmpty();
      assertThat(loaded.project().services()).containsKey("b");
    } catch (ComposeException e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }
}
