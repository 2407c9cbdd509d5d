package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Names that are let through want to be a path, an option or a line of something: they stay what they are. */
class HostileNamesTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  /** What the engine keeps, without what is inside of images and containers. */
  private static List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.walk(engine.root(), 3)) {
      return files.map(engine.root()::relativize).toList();
    }
  }

  @Test
  @DisplayName("YML-4: what users name lies nowhere under that name but below its own folder")
  void namesArePathsNowhere() throws IOException {
    Map<String, String> names =
        Map.of("a", "../../canary", "b", "/canary", "c", "-rf", "d", "%n%s", "e", "ünï☃", "f", "a;b");
    StringBuilder file = new StringBuilder("services:\n");
    StringBuilder networks = new StringBuilder("networks:\n");
    names.forEach(
        (key, name) -> {
          file.append("  ? \"-%s\"\n".formatted(key));
          file.append(
              """
                : image: busybox
                  command: sleep 1000
                  init: true
                  stop_grace_period: 0s
                  hostname: h
                  domainname: "%2$s"
                  labels: {? "%2$s" : "%2$s"}
                  environment: {? "%2$s" : "%2$s"}
                  networks: {"%1$s": {aliases: ["%2$s"]}}
                  secrets: [{source: "-s", target: "%2$s"}]
                  volumes: ["-v:/v/%1$s"]
              """
                  .formatted(key, name.replace(";", "_")));
          networks.append("  \"%s\": {name: \"%s\", labels: {? \"%2$s\" : x}}\n".formatted(key, name));
        });
    TestProject project =
        engine.project("names", file + "volumes: {\"-v\": }\nsecrets: {\"-s\": {environment: HOME}}\n" + networks).up();
    assertThat(project.run("ps", "-q").ok().out().lines()).hasSize(names.size());
    assertThat(kept()).noneMatch(path -> path.toString().matches(".*(canary|-rf|%n|☃|;).*"));
    assertThat(Files.exists(engine.folder().resolve("canary"))).isFalse();
    assertThat(Files.exists(Path.of("/canary"))).isFalse();
    assertThat(project.run("exec", "-T", "--", "-c", "sh", "-c", "ls -d /run/secrets/-rf; cat /etc/hosts").ok().out())
        .contains("/run/secrets/-rf")
        .contains("-rf");
    project.run("stop", "-t", "0", "--", "-c").ok();
    project.run("down", "-v", "-t", "0").ok();
  }

  @Test
  @DisplayName("LOG-3: what an image, a label, a name or a message says moves no cursor")
  void controlCharactersAreShownNotSent() throws IOException {
    String evil = "\u001b[2J\u001b]0;forged\u0007";
    TestProject project =
        engine
            .project(
                "evil",
                """
                services:
                  app:
                    build: .
                    image: evil:1
                    init: true
                    command: [sh, -c, "sleep 1000; true", "EVIL"]
                    labels: {org.example.title: "EVIL"}
                volumes: {data: {labels: {a: "EVIL"}}}
                """
                    .replace("EVIL", "\\e[2J\\e]0;forged\\a"))
            .file("Dockerfile", "FROM busybox\nLABEL title=\"%1$s\"\nRUN echo '%1$s' >/said\n".formatted(evil));
    List<Result> shown =
        Stream.of(
                "up -d", "build --no-cache", "config", "config --images", "ps -a --no-trunc", "container ls --no-trunc", "images",
                "image ls", "image history --no-trunc evil:1", "image inspect evil:1", "container inspect evil-app-1", "top",
                "container explain evil-app-1", "volumes", "volume ls", "volume inspect evil_data", "image pull x/" + evil,
                "image inspect " + evil, "container inspect " + evil, "start " + evil, evil, "--" + evil, "-f /" + evil + " ps",
                "container run " + evil, "container run --name " + evil + " busybox", "network inspect " + evil,
                "network create " + evil, "volume create " + evil, "exec -T app " + evil, "container cp evil-app-1:/" + evil + " /x")
            .map(command -> project.run(command.split(" ")))
            .toList();
    for (Result result : shown) {
      assertThat((result.out() + result.err()).chars().filter(c -> c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0x9b))
          .as(result.out() + result.err())
          .isEmpty();
    }
    assertThat(shown.get(8).out()).contains("\\x1b[2J");
    assertThat(shown.get(16).expect(1).err()).contains("\\x1b[2J");
    assertThat(project.sh("app", "cat /said")).as("control").contains("\u001b[2J");
    project.run("down", "-v", "-t", "0", "--rmi", "all").ok();
  }

  @Test
  @DisplayName("YML-7: what looks like an option or a shell's text is an argument, to the letter")
  void argumentsAreLiteral() {
    String command = "[echo, '-rf', '--help', '$$(touch /canary)', '`id`', ';', '| cat', '>x', '*', \"a'b\"]";
    TestProject project =
        engine.project("literal", "services: {a: {image: busybox, command: " + command + "}}");
    project.run("up", "-d").ok();
    project.awaitLogs("a", "-rf --help $(touch /canary) `id` ; | cat >x * a'b");
    assertThat(Files.exists(Path.of("/canary"))).isFalse();
    project.run("down", "-t", "0").ok();
  }
}
