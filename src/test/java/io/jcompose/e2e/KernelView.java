package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.network.Mark;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What an engine says of its containers beside what the kernel has of them, who is not asked through the engine. On
 * control groups of version 1.
 */
final class KernelView {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern PUBLISHED = Pattern.compile(":(\\d+)->");
  private final TestEngine engine;
  private final Path groups;

  KernelView(TestEngine engine) {
    this.engine = engine;
    groups = Path.of("/sys/fs/cgroup/freezer", "jcompose-" + Mark.of(engine.root()).value(), "c");
  }

  /** What can be seen of all containers at a moment; the sets have names. */
  record Facts(
      Set<String> running, Set<String> paused, Set<String> keepers, long links, Set<Integer> ports, boolean table) {
    Facts {
      ports = new TreeSet<>(ports);
      running = new TreeSet<>(running);
      paused = new TreeSet<>(paused);
      keepers = new TreeSet<>(keepers);
    }
  }

  /** Waits until both say the same, and returns the states by name. */
  Map<String, String> agreed() {
    Map<String, String> states = new TreeMap<>();
    await("what ps says is what the kernel has")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              states.clear();
              Map<String, String> names = new TreeMap<>();
              Facts told = told(states, names);
              assertThat(seen(names)).as("what the kernel has").isEqualTo(told);
              assertThat(told(new TreeMap<>(), new TreeMap<>())).as("it stays so").isEqualTo(told);
            });
    return states;
  }

  /** What the engine says; {@code states} and {@code names} get the state of each name and the name of each id. */
  private Facts told(Map<String, String> states, Map<String, String> names) throws IOException {
    Set<String> running = new TreeSet<>();
    Set<String> paused = new TreeSet<>();
    Set<String> active = new TreeSet<>();
    Set<Integer> ports = new TreeSet<>();
    long links = 0;
    for (String line : engine.run("container", "ls", "-a", "--no-trunc", "--format", "json").ok().out().split("\n")) {
      if (line.isEmpty()) {
        continue;
      }
      JsonNode container = MAPPER.readTree(line);
      String name = container.get("Names").asText();
      String state = container.get("State").asText();
      states.put(name, state);
      names.put(container.get("ID").asText(), name);
      if (state.equals("running") || state.equals("paused")) {
        running.add(name);
      }
      if (state.equals("paused")) {
        paused.add(name);
      }
      if (running.contains(name) || state.equals("restarting")) {
        active.add(name);
        links += Arrays.stream(container.get("Networks").asText().split(",")).filter(n -> !n.isEmpty() && !n.equals("none")).count();
        PUBLISHED.matcher(container.get("Ports").asText()).results().forEach(m -> ports.add(Integer.valueOf(m.group(1))));
      }
    }
    return new Facts(running, paused, active, links, ports, links > 0);
  }

  private Facts seen(Map<String, String> names) {
    Set<String> running = new TreeSet<>();
    Set<String> paused = new TreeSet<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(groups, Files::isDirectory)) {
      for (Path group : all) {
        String name = names.getOrDefault(group.getFileName().toString(), group.getFileName().toString());
        if (!read(group.resolve("cgroup.procs")).isEmpty()) {
          running.add(name);
        }
        if (!read(group.resolve("freezer.state")).startsWith("THAWED")) {
          paused.add(name);
        }
      }
    } catch (java.nio.file.NoSuchFileException e) {
      // Before the first container.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String prefix = "jc" + Mark.of(engine.root()).value() + "v";
    long links = engine.inNetwork("ip", "-o", "link").ok().out().lines().filter(line -> line.contains(": " + prefix)).count();
    // Before the first and after the last link there may be one: it comes and goes with the networks.
    boolean table = links > 0 && engine.inNetwork("nft", "list", "tables").ok().out().contains("jcompose-");
    Set<String> keepers = Set.copyOf(engine.audit().processes().keepers().values());
    return new Facts(running, paused, keepers, links, engine.audit().listeningPorts(), table);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      return ""; // it goes
    }
  }
}
