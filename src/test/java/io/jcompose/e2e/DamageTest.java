package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What others do to our files and to our things in the kernel. */
class DamageTest {
  private static final String STACK =
      """
      services:
        web: {image: busybox, init: true, command: sleep 1000, ports: ["8090:80"], volumes: ["data:/data"]}
        db: {image: busybox, init: true, command: nc -ll -p 80 -e echo hello from db}
      volumes: {data: {}}
      """;

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  @BeforeEach
  void startStack() {
    project = engine.project("damage", STACK).up();
  }

  private void assertWorks() {
    assertThat(project.sh("web", "nc -w 5 db 80")).isEqualTo("hello from db");
  }

  private static List<Path> stateFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("containers", "networks", "projects", "volumes")) {
      try (var all = Files.walk(engine.root().resolve(folder), 2)) {
        all.filter(f -> f.getFileName().toString().matches("[^.].*\\.json")).forEach(files::add);
      }
    }
    return files;
  }

  @Test
  @Tag("F-08")
  void damagedStateFilesCostNothing() throws IOException {
    String ids = project.run("ps", "-q").ok().out();
    engine.run("engine", "stop").ok();
    List<Path> files = stateFiles();
    assertThat(files).hasSizeGreaterThanOrEqualTo(7);
    for (int i = 0; i < files.size(); i++) {
      byte[] whole = Files.readAllBytes(files.get(i));
      Files.write(files.get(i), java.util.Arrays.copyOf(whole, i % 3 == 0 ? 0 : whole.length / 2));
    }
    assertThat(project.run("ps", "-q").ok().out()).isEqualTo(ids);
    assertWorks();
    assertThat(engine.log()).contains(".corrupt-1");
    assertThat(project.run("up", "-d").ok().err()).doesNotContain("Creating", "Recreate");
    for (Path file : files) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".corrupt-1"));
    }
  }

  @Test
  @Tag("F-08")
  void dataOfANewerVersionAreRefusedAndNotTouched() throws IOException {
    engine.run("engine", "stop").ok();
    Path format = engine.root().resolve("format.json");
    String own = Files.readString(format);
    Files.writeString(format, "{\"format\":2}");
    try {
      Result ps = project.run("ps").expect(1);
      assertThat(ps.err()).contains("newer jcompose", "format 2").doesNotContain("Exception", "\tat ");
      assertThat(Files.readString(format)).isEqualTo("{\"format\":2}");
    } finally {
      Files.writeString(format, own);
    }
    org.awaitility.Awaitility.await("the refusing engine leaves")
        .untilAsserted(() -> assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2));
    assertWorks();
    engine.forgiveTheLog();
  }

  /** The number in the record is that of somebody else by now. */
  @Test
  @Tag("F-09")
  @Tag("ESC-16")
  void aProcessThatHasGotTheNumberOfADeadOneIsLeftAlone() throws Exception {
    Process stranger = new ProcessBuilder("sleep", "1000").start();
    try {
      String id = project.id("db");
      long keeper = engine.keeperOf("damage-db-1");
      engine.run("engine", "stop").ok();
      Host.run("kill", "-KILL", Long.toString(keeper)).ok();
      Path state = engine.root().resolve("containers/" + id + "/state.json");
      String json = Files.readString(state).lines().findFirst().orElseThrow();
      Files.writeString(state, json.replaceFirst("\"pid\":\\d+", "\"pid\":" + stranger.pid()));
      assertThat(project.ps("db", "State")).isEqualTo("exited");
      project.run("kill", "db");
      project.run("down", "-v", "-t", "0").ok();
      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly().waitFor();
    }
  }

  @Test
  @Tag("F-33")
  void whatOthersDeleteInTheKernelIsMadeAgain() {
    for (String link : engine.audit().take().things().get(LeakAudit.Kind.LINK)) {
      if (link.startsWith("jc")) {
        engine.inNetwork("ip", "link", "del", link);
      }
    }
    engine.inNetwork("nft", "flush", "ruleset").ok();
    project.run("restart", "-t", "0").ok();
    assertWorks();
  }

  @Test
  @Tag("F-33")
  void downNeverFailsBecauseSomethingIsGone() throws IOException {
    String id = project.id("web");
    Host.run("kill", "-KILL", Long.toString(engine.keeperOf("damage-db-1"))).ok();
    io.jcompose.linux.Trees.delete(engine.runFolder().resolve("c").resolve(id.substring(0, 12)));
    io.jcompose.linux.Trees.delete(engine.root().resolve("containers").resolve(id));
    io.jcompose.linux.Trees.delete(engine.root().resolve("volumes/damage_data"));
    engine.inNetwork("nft", "flush", "ruleset").ok();
    for (String link : engine.audit().take().things().get(LeakAudit.Kind.LINK)) {
      if (link.startsWith("jc")) {
        engine.inNetwork("ip", "link", "del", link);
      }
    }
    project.run("down", "-v", "-t", "0").ok();
    engine.forgiveTheLog();
  }

  @Test
  @Tag("F-32")
  void whatACrashLeftIsClearedAwayAndOnlyThat() throws IOException {
    engine.run("engine", "stop").ok();
    String mark = io.jcompose.network.Mark.of(engine.root()).value();
    Path orphan = engine.runFolder().resolve("c/0123456789ab");
    Path volume = engine.root().resolve("volumes/unfinished");
    Path secrets = engine.runFolder().resolve("secrets/0123456789ab");
    Files.createDirectories(orphan);
    Files.createDirectories(volume);
    Files.createDirectories(secrets);
    engine.inNetwork("ip", "link", "add", "jc" + mark + "dead", "type", "bridge").ok();
    engine.inNetwork("ip", "link", "add", "others", "type", "bridge").ok();
    engine.inNetwork("nft", "add", "table", "inet", "others").ok();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(2);
    assertThat(orphan).doesNotExist();
    assertThat(volume).doesNotExist();
    assertThat(secrets).doesNotExist();
    assertThat(engine.inNetwork("ip", "link").out()).doesNotContain(mark + "dead").contains("others");
    assertThat(engine.inNetwork("nft", "list", "tables").out()).contains("others");
    engine.inNetwork("ip", "link", "del", "others").ok();
    engine.inNetwork("nft", "delete", "table", "inet", "others").ok();
    assertWorks();
  }
}
