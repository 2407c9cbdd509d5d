package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Caches that outlive the data root: {@code cache_to} and {@code cache_from}. */
class BuildCacheTest {
  private static final String DOCKERFILE =
      """
      FROM busybox AS made
      RUN cat /proc/sys/kernel/random/uuid >/one
      FROM busybox
      COPY f /f
      RUN cat /proc/sys/kernel/random/uuid >/two
      COPY --from=made /one /one
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static TestRegistry registry;
  private static Path folder;

  @BeforeAll
  static void startEngine() throws Exception {
    registry = TestRegistry.open(engine);
    folder = Files.createDirectory(engine.folder().resolve("b"));
    Files.writeString(folder.resolve("Dockerfile"), DOCKERFILE);
    Files.writeString(folder.resolve("f"), "content");
  }

  @AfterAll
  static void nothingIsLeft() {
    registry.close();
  }

  private static Result build(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("image", "build", "-t", "app"));
    arguments.addAll(List.of(flags));
    arguments.add(".");
    return engine.start(folder, Map.of(), arguments).closeInput().end().ok();
  }

  private static String id() {
    return engine.run("image", "inspect", "-f", "{{.Id}}", "app").ok().out();
  }

  /** As on a machine that never built it. */
  private static void forget() {
    engine.run("image", "rm", "app").ok();
    engine.run("system", "prune", "-f").ok();
    assertThat(engine.run("image", "ls", "-q").ok().out()).as("busybox alone").hasLineCount(1);
  }

  private static void takesAllFrom(String... flags) {
    String before = id();
    forget();
    assertThat(build(flags).err()).contains("RUN cat /proc/sys/kernel/random/uuid >/two CACHED").doesNotContain("warning");
    assertThat(id()).isEqualTo(before);
    assertThat(engine.run("image", "ls", "-q").ok().out()).as("the cache is no image").hasLineCount(2);
  }

  @Test
  void aFolder() throws Exception {
    build("--cache-to", "type=local,dest=cache,mode=max");
    takesAllFrom("--cache-from", "type=local,src=cache");
    forget();
    Files.writeString(folder.resolve("f"), "changed");
    String output = build("--cache-from", "type=local,src=cache").err();
    assertThat(output).as("with mode=max, of all stages").contains("RUN cat /proc/sys/kernel/random/uuid >/one CACHED");
    assertThat(output).doesNotContain(">/two CACHED");
    Files.writeString(folder.resolve("f"), "content");
  }

  @Test
  void anImageOfItsOwnInARegistry() {
    String ref = TestRegistry.HOST + "/cache:1";
    build("--no-cache", "--cache-to", "type=registry,ref=" + ref);
    takesAllFrom("--cache-from", "type=registry,ref=" + ref);
  }

  @Test
  void theImageItself() {
    String name = TestRegistry.HOST + "/app:1";
    build("--no-cache", "--cache-to", "type=inline", "-t", name);
    engine.run("image", "push", name).ok();
    engine.run("image", "rm", name).ok();
    takesAllFrom("--cache-from", name);
    engine.run("image", "tag", "busybox", name).ok();
    engine.run("image", "tag", "app", "app:dev").ok();
    engine.run("image", "rm", "app").ok();
    build("--cache-from", name);
    assertThat(engine.run("image", "inspect", "-f", "{{.Id}}", "app:dev").ok().out())
        .as("the cache is this very image, whose names are the user's")
        .isEqualTo(id());
    engine.run("image", "rm", "app:dev").ok();
    assertThat(engine.run("image", "inspect", "-f", "{{.Id}}", name).ok().out())
        .as("what has the name here keeps it")
        .isEqualTo(engine.run("image", "inspect", "-f", "{{.Id}}", "busybox").ok().out());
    engine.run("image", "rm", name).ok();
  }

  @Test
  void theModeIsMinOrMax() {
    Result result =
        engine.start(folder, Map.of(), List.of("image", "build", "--cache-to", "type=local,dest=m,mode=all", ".")).closeInput().end();
    assertThat(result.code()).isNotZero();
    assertThat(result.err()).contains("the cache type=local,dest=m,mode=all: the mode is min or max, not \"all\"");
  }

  @Test
  void aFolderWithACommaInQuotes() {
    build("--cache-to", "type=local,\"dest=one,two\"");
    assertThat(folder.resolve("one,two/index.json")).exists();
  }

  @Test
  void theBuildSectionOfAService() {
    TestProject project =
        engine.project(
            "caches",
            "services: {a: {image: app, build: {context: ../b, cache_from: ['type=local,src=./c'], cache_to: ['type=local,dest=./c,mode=max']}}}\n");
    assertThat(project.run("build").ok().err()).contains("warning: nothing comes from the cache type=local,src=./c");
    String before = id();
    forget();
    assertThat(project.run("build").ok().err()).contains(">/two CACHED").doesNotContain("warning");
    assertThat(id()).isEqualTo(before);
  }

  @Test
  void whatIsNoCacheIsNoHindrance() throws Exception {
    build("--cache-to", "type=local,dest=damaged,mode=max");
    String plain = TestRegistry.HOST + "/plain:1";
    engine.run("image", "tag", "busybox", plain).ok();
    engine.run("image", "push", plain).ok();
    engine.run("image", "rm", plain).ok();
    assertThat(build("--cache-from", plain).err()).doesNotContain("Pulling").doesNotContain("warning");
    assertThat(build("--cache-from", TestRegistry.HOST + "/none:1").err()).contains("warning: nothing comes from the cache");
    assertThat(build("--cache-from", "type=gha").err()).contains("only registry and local can be read here");
    assertThat(build("--cache-from", "type=inline").err()).contains("an inline cache comes with its image; write type=registry,ref=IMAGE");
    for (Path blob : Files.list(folder.resolve("damaged/blobs/sha256")).toList()) {
      if (Files.readAllBytes(blob)[0] != '{') { // a layer
        Files.writeString(blob, "x".repeat((int) Files.size(blob)));
      }
    }
    assertThat(build("--cache-from", "type=local,src=damaged").err())
        .as("what the own cache has is not fetched")
        .contains(">/two CACHED")
        .doesNotContain("warning");
    forget();
    String output = build("--cache-from", "type=local,src=damaged").err();
    assertThat(output).contains("warning: nothing more comes from the cache type=local,src=damaged", "but its content is");
    assertThat(output).doesNotContain(">/two CACHED");
  }
}
