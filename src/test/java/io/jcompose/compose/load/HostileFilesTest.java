package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jcompose.compose.ComposeException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Input that wants to do harm (SECURITY §8): it is refused in words, and the load
 * stays within its budget. The limits of time are there to end a test that hangs.
 */
class HostileFilesTest {

  private static final Duration HANGS = Duration.ofSeconds(60);

  @TempDir Path cwd;

  private Path write(String name, String text) throws IOException {
    Path file = cwd.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Loaded load() {
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of()));
  }

  /** What is said about the file; nothing else than a marked error may come of it. */
  private String error(String text) throws IOException {
    write("compose.yaml", text);
    return error();
  }

  private String error() {
    ComposeException thrown =
        Assertions.assertTimeoutPreemptively(
            HANGS, () -> catchThrowableOfType(ComposeException.class, this::load));
    assertThat(thrown).isNotNull();
    assertThat(thrown.getMessage()).doesNotContain("Exception").hasSizeLessThan(20_000);
    return thrown.getMessage();
  }

  private static String bomb(String item) {
    StringBuilder bomb = new StringBuilder("x-a0: &a0 " + item + "\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("x-a%d: &a%d [".formatted(i, i));
      bomb.append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
    }
    return bomb.toString();
  }

  @Test
  @Tag("YML-1")
  void aBombOfAliases() throws IOException {
    assertThat(error(bomb("[x,x,x,x,x,x,x,x,x]"))).contains("aliases expand to more than");
  }

  @Test
  @Tag("YML-1")
  void aBombOfMergeKeys() throws IOException {
    StringBuilder bomb = new StringBuilder("x-a0: &a0 {k0: [1,2,3,4,5,6,7,8,9]}\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("x-a%1$d: &a%1$d {<<: [*a%2$d, *a%2$d], k%1$d: *a%2$d}\n".formatted(i, i - 1));
    }
    assertThat(error(bomb.toString())).contains("aliases expand to more than");
  }

  @ParameterizedTest
  @Tag("YML-1")
  @ValueSource(strings = {"[x,x,x,x,x,x,x,x,x]", "{a: b, c: {d: e}}", "[[[[[[[[x]]]]]]]]", "x"})
  void aBombIsRefusedWithinASecond(String item) throws IOException {
    write("compose.yaml", bomb(item));
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    assertThat(catchThrowableOfType(ComposeException.class, this::load)).isNotNull();
    assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(1));
  }

  @Test
  @Tag("YML-1")
  void aBombHarmsNoOtherCallerOfTheSameProcess() throws Exception {
    Path good = Files.createDirectories(cwd.resolve("good"));
    Files.writeString(good.resolve("compose.yaml"), "services: {a: {image: x}}");
    write("compose.yaml", bomb("[x,x,x,x,x,x,x,x,x]"));
    try (var pool = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        boolean bad = i % 2 == 0;
        calls.add(
            () -> {
              if (bad) {
                return catchThrowableOfType(ComposeException.class, this::load) != null;
              }
              return ProjectLoader.load(LoadOptions.in(good, Map.of())).project().knows("a");
            });
      }
      for (Future<Boolean> call : pool.invokeAll(calls)) {
        assertThat(call.get()).isTrue();
      }
    }
  }

  @Test
  @Tag("YML-2")
  void aFileOfAGigabyte() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(cwd.resolve("compose.yaml").toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    assertThat(error()).contains("larger than 64 MiB");
  }

  @Test
  @Tag("YML-2")
  void aHundredThousandBrackets() throws IOException {
    assertThat(error("x-a: " + "[".repeat(100_000))).contains("nested more than");
    assertThat(error("x-a: " + "{a: ".repeat(100_000))).contains("nested more than");
  }

  @Test
  @Tag("YML-2")
  void hundredsOfThousandsOfKeys() throws IOException {
    StringBuilder text = new StringBuilder("x-a:\n");
    for (int i = 0; i < 310_000; i++) {
      text.append("  k").append(i).append(": 1\n");
    }
    assertThat(error(text.toString())).contains("the files hold more than 300000 values");
  }

  @Test
  @Tag("YML-2")
  void aScalarOfFiftyMegabytes() throws IOException {
    assertThat(error("x-a: " + "a".repeat(50 << 20))).contains("the file is larger than 16 MiB");
  }

  @ParameterizedTest
  @Tag("YML-2")
  @ValueSource(
      strings = {
        "services: {a: {image: x, image: y}}",
        "services: {a: {image: \"x\\0y\"}}",
        "services: {a: {image: x}, a: {image: y}}",
        "\0\0\0",
        "services:\n\ta: {image: x}",
        "services: {a: {image: !!javax.script.ScriptEngineManager [http://localhost/]}}",
        "? [a]\n: b",
        "services: [a",
        "--- a\n--- b",
        "services: &a {b: *a}",
        "%YAML 9.9\n---\na",
        "\u0007",
        "a: \"\\x\"",
        "a: \"\\UFFFFFFFF\"",
        "services: {\"a\\nb\": {image: x}}",
        "services: {\"../a\": {image: x}}",
        "services: {\"%n\": {image: x}}",
        "networks: {\"a/b\": }",
        "volumes: {\"a b\": }",
        "configs: {\"é\": {content: x}}",
        "secrets: {\"-\\u0001\": {file: x}}",
        "services: {a: {image: x, container_name: '../../x'}}",
        "services: {a: {image: x, container_name: \"a\\nb\"}}",
      })
  void whatIsNoComposeFile(String text) throws IOException {
    assertThat(error(text)).isNotEmpty();
  }

  @Test
  @Tag("YML-2")
  void otherEncodingsAreReadAndForeignTagsMakeNothing() throws IOException {
    String text = "services: {a: {image: é, labels: {k: !!java.net.URL [\"http://x\"]}}}";
    Files.write(cwd.resolve("compose.yaml"), text.getBytes(StandardCharsets.UTF_16));
    assertThat(error()).contains("services.a.labels.k: must be");
    Files.writeString(cwd.resolve("compose.yaml"), "\ufeffservices: {a: {image: é}}");
    assertThat(load().project().services().get("a").image()).contains("é");
  }

  @Test
  @Tag("YML-3")
  void filesThatIncludeEachOther() throws IOException {
    write("b.yaml", "include: [sub/../compose.yaml]");
    assertThat(error("include: [./b.yaml]"))
        .contains("include cycle detected: compose.yaml includes b.yaml includes compose.yaml");
  }

  @Test
  @Tag("YML-3")
  void aFileThatIncludesItselfByALink() throws IOException {
    Files.createSymbolicLink(cwd.resolve("link.yaml"), cwd.resolve("compose.yaml"));
    assertThat(error("include: [link.yaml]")).contains("include");
  }

  @Test
  @Tag("YML-3")
  void filesThatIncludeEachOtherWithoutEnd() throws IOException {
    for (int i = 0; i < 60; i++) {
      write("f" + i + ".yaml", "include: [f" + (i + 1) + ".yaml]");
    }
    assertThat(error("include: [f0.yaml]")).contains("files include each other more than 50 deep");
  }

  @Test
  @Tag("YML-3")
  void servicesThatExtendEachOtherOverFiles() throws IOException {
    write("b.yaml", "services: {b: {extends: {file: compose.yaml, service: a}}}");
    assertThat(error("services: {a: {extends: {file: b.yaml, service: b}}}"))
        .contains("circular reference: \"a\" in compose.yaml extends \"b\" in b.yaml");
  }

  @Test
  @Tag("YML-3")
  void aThousandServicesThatExtendEachOther() throws IOException {
    StringBuilder text = new StringBuilder("services:\n  s0: {image: x}\n");
    for (int i = 1; i < 1000; i++) {
      text.append("  s%d: {extends: s%d}\n".formatted(i, i - 1));
    }
    write("compose.yaml", text.toString());
    assertThat(load().project().services()).hasSize(1000);
  }

  @ParameterizedTest
  @Tag("YML-3")
  @ValueSource(strings = {"/dev/zero", "/dev", "."})
  void filesThatAreNone(String file) throws IOException {
    assertThat(error("services: {a: {image: x, env_file: " + file + "}}")).contains("not a regular file");
    assertThat(error("services: {a: {image: x, label_file: " + file + "}}")).contains("not a regular file");
    assertThat(error("include: [" + file + "]")).contains("not a regular file");
    assertThat(error("services: {a: {extends: {file: " + file + ", service: a}}}"))
        .contains("not a regular file");
  }

  @Test
  @Tag("YML-3")
  void aPipeThatNobodyWritesTo() throws Exception {
    Process made = new ProcessBuilder("mkfifo", cwd.resolve("pipe").toString()).start();
    assertThat(made.waitFor()).isZero();
    assertThat(error("services: {a: {image: x, env_file: pipe}}")).contains("not a regular file");
  }

  @ParameterizedTest
  @Tag("YML-3")
  @ValueSource(
      strings = {
        "https://example.com/a.yaml",
        "oci://example.com/a",
        "git@github.com:a/b.git",
        "github.com/a/b",
        "ssh://git@example.com/a",
      })
  void filesFromElsewhere(String file) throws IOException {
    assertThat(error("include: ['" + file + "']")).contains("remote files can't be included");
  }

  @Test
  @Tag("YML-5")
  void valuesThatAreVariablesOrYamlAreNotReadAgain() throws IOException {
    write(".env", "A=${B}\nB=${A}\nC=[x, {y: z}]\nD='$A'\n");
    write("compose.yaml", "services: {a: {image: x, environment: ['A=$A', 'C=$C', 'D=$D']}}");
    assertThat(load().project().services().get("a").process().environment().toString())
        .contains("C=Optional[[x, {y: z}]]")
        .contains("D=Optional[$A]");
  }

  @Test
  @Tag("YML-5")
  void tenThousandVariablesInOneAnother() throws IOException {
    assertThat(error("services: {a: {image: '" + "${A:-".repeat(10_000) + "x" + "}".repeat(10_000) + "'}}"))
        .contains("nested more than 100 deep");
  }

  @Test
  @Tag("YML-5")
  void aMegabyteOfVariablesIsReadInOnePass() throws IOException {
    write("compose.yaml", "services: {a: {image: x, environment: {A: '" + "${B-}$$".repeat(150_000) + "'}}}");
    Loaded loaded = Assertions.assertTimeoutPreemptively(HANGS, this::load);
    assertThat(loaded.project().services().get("a").process().environment().get("A").orElseThrow())
        .hasSize(150_000);
  }

  @ParameterizedTest
  @Tag("YML-6")
  @ValueSource(
      strings = {
        "mem_limit: 99999999999999999999g",
        "mem_limit: '-1g'",
        "shm_size: 1e400",
        "cpus: 'NaN1'",
        "stop_grace_period: 99999999999999999999h",
        "stop_grace_period: 1e9s",
        "ports: ['0:0']",
        "ports: ['65536']",
        "ports: ['1-65535:1-65535']",
        "ports: ['1-2:1-3']",
        "ports: ['99999999999:1']",
        "ports: [{target: 99999999999999999999}]",
        "healthcheck: {retries: 1e400}",
        "scale: 99999999999999999999999",
        "ulimits: {nofile: x}",
        "oom_score_adj: 1001",
      })
  void numbersOutOfRange(String attribute) throws IOException {
    assertThat(error("services: {a: {image: x, " + attribute + "}}")).startsWith("compose.yaml:1:");
  }

  @Test
  @Tag("YML-10")
  void pathsBelongToTheFileThatHasThem() throws IOException {
    write("sub/base.yaml", "services: {b: {image: x, volumes: ['./d:/d'], env_file: e.env}}");
    write("sub/e.env", "A=1");
    write("inc/compose.yaml", "services: {c: {image: x, volumes: ['./d:/d']}}");
    write(
        "compose.yaml",
        "include: [inc/compose.yaml]\nservices: {a: {extends: {file: sub/base.yaml, service: b},"
            + " volumes: ['./own:/own']}}");
    String tree = load().tree().toString();
    assertThat(tree)
        .contains("source=" + cwd + "/sub/d")
        .contains("source=" + cwd + "/inc/d")
        .contains("source=" + cwd + "/own")
        .contains("A=1");
  }

  @Test
  @Tag("YML-10")
  void aLinkedFileBelongsToWhereTheLinkIs() throws IOException {
    write("elsewhere/compose.yaml", "services: {a: {image: x, volumes: ['./d:/d']}}");
    write(".env", "");
    Files.createSymbolicLink(cwd.resolve("compose.yaml"), cwd.resolve("elsewhere/compose.yaml"));
    assertThat(load().tree().toString()).contains("source=" + cwd + "/d,");
  }

  @Test
  @Tag("YML-10")
  void pathsOfAllFilesBelongToTheFirstOrToTheProjectDirectory() throws IOException {
    write("one/a.yaml", "services: {a: {image: x, volumes: ['./d:/d']}}");
    write("two/b.yaml", "services: {b: {image: x, volumes: ['./e:/e']}}");
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withFiles("two/b.yaml", "one/a.yaml");
    assertThat(ProjectLoader.load(options).tree().toString())
        .contains("source=" + cwd + "/two/d,", "source=" + cwd + "/two/e,");
    LoadOptions elsewhere =
        new LoadOptions(
            cwd, Map.of(), List.of("two/b.yaml", "one/a.yaml"), Optional.empty(), Optional.of("three"), List.of(),
            List.of(), Optional.empty(), Set.of(), List.of());
    assertThat(ProjectLoader.load(elsewhere).tree().toString())
        .contains("source=" + cwd + "/three/d,", "source=" + cwd + "/three/e,");
  }
}
