package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code pull_policy}: when an image comes from its registry, and when it does not. */
class PullPolicyTest {
  private static final String REPOSITORY = TestRegistry.HOST + "/policy/app:";

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static TestRegistry registry;

  @BeforeAll
  static void startEngine() {
    registry = TestRegistry.open(engine);
    List.of("old", "new").forEach(PullPolicyTest::pushed);
  }

  @AfterAll
  static void nothingIsLeft() {
    registry.close();
  }

  private static void pushed(String word) {
    try {
      Path folder = Files.createDirectories(engine.folder().resolve(word));
      Files.writeString(folder.resolve("Dockerfile"), "FROM busybox\nRUN echo " + word + " >/word\n");
      engine.start(folder, Map.of(), List.of("image", "build", "-q", "-t", REPOSITORY + word, ".")).closeInput().end().ok();
      engine.run("image", "push", "-q", REPOSITORY + word).ok();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A tag for each policy, which the registry lets mean {@code word}. */
  private static void registryHas(String word, List<String> policies) {
    for (String policy : policies) {
      engine
          .inNetwork(
              "skopeo", "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false",
              "docker://" + REPOSITORY + word, "docker://" + REPOSITORY + policy)
          .ok();
    }
  }

  /** A service for each policy, each with an image of its own. */
  private static TestProject project(String name, List<String> policies) {
    return engine.project(
        name,
        policies.stream()
            .map(p -> "  " + p.replace('_', '-') + ": {image: '" + REPOSITORY + p + "', pull_policy: " + p + ", command: cat /word}\n")
            .collect(Collectors.joining("", "services:\n", "")));
  }

  /** What the service's container said, by service. */
  private static Map<String, String> words(TestProject project) {
    String output = project.run("up").ok().out();
    project.run("down", "-t", "0").ok();
    return output
        .lines()
        .filter(line -> line.contains(" | "))
        .collect(Collectors.toMap(line -> line.split("-1 ")[0].strip(), line -> line.split("\\| ")[1].strip()));
  }

  @Test
  void theRegistryIsAskedWhenThePolicySaysSo() {
    List<String> asks = List.of("always", "every_0s");
    List<String> content = List.of("missing", "if_not_present", "daily", "weekly", "every_12h", "never");
    List<String> all = Stream.concat(asks.stream(), content.stream()).toList();
    registryHas("old", all);
    List<String> pull = new ArrayList<>(List.of("image", "pull", "-q"));
    all.forEach(policy -> pull.add(REPOSITORY + policy));
    engine.run(pull.toArray(String[]::new)).ok();
    registryHas("new", all);
    Map<String, String> words = words(project("asked", all));
    asks.forEach(policy -> assertThat(words).containsEntry(policy.replace('_', '-'), "new"));
    content.forEach(policy -> assertThat(words).containsEntry(policy.replace('_', '-'), "old"));
  }

  @Test
  void whatIsMissingIsPulledUnlessNever() {
    List<String> policies = List.of("always", "missing", "if_not_present", "daily", "every_1w2d3h");
    policies.forEach(policy -> engine.run("image", "rm", "-f", REPOSITORY + policy).ok());
    registryHas("old", policies);
    assertThat(words(project("lacking", policies)).values()).containsOnly("old").hasSize(policies.size());
    engine.run("image", "rm", "-f", REPOSITORY + "never").ok();
    registryHas("old", List.of("never"));
    TestProject never = project("never", List.of("never"));
    assertThat(never.run("up").expect(1).err()).contains(REPOSITORY + "never", "pull_policy").doesNotContain("Pulling");
  }

  @Test
  void buildBuildsAlthoughTheRegistryHasIt() {
    TestProject project =
        engine.project(
            "built",
            "services: {a: {image: '" + REPOSITORY + "old', pull_policy: build, command: cat /word,"
                + " build: {dockerfile_inline: \"FROM busybox\\nRUN echo built >/word\\n\"}}}\n");
    assertThat(words(project)).containsEntry("a", "built");
    assertThat(project.run("up").ok().err()).as("each time").contains("Building");
    project.run("down", "-t", "0").ok();
  }
}
