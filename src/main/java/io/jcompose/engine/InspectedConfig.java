package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.container.ContainerSpec;
import io.jcompose.container.ProcessSpec;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.engine.state.HealthSpec;
import io.jcompose.image.ImageConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** {@code Config} of an inspected container: what it is wherever it runs. */
final class InspectedConfig {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MILLIS_PER_SECOND = 1000;

  private InspectedConfig() {}

  static ObjectNode of(ContainerRecord record, Optional<ImageConfig> image) {
    ContainerSpec spec = record.spec();
    ProcessSpec process = spec.process();
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("Hostname", spec.isolation().hostname());
    node.put("Domainname", spec.isolation().domainname());
    node.put("User", process.user());
    node.put("AttachStdin", process.stdinOpen() && record.lifetime().inputOnce());
    node.put("AttachStdout", true);
    node.put("AttachStderr", true);
    if (!record.exposed().isEmpty()) {
      ObjectNode exposed = node.putObject("ExposedPorts");
      record.exposed().forEach(exposed::putObject);
    }
    node.put("Tty", process.tty());
    node.put("OpenStdin", process.stdinOpen());
    node.put("StdinOnce", process.stdinOpen() && record.lifetime().inputOnce());
    ContainerDetails.texts(node.putArray("Env"), process.env());
    List<String> entrypoint = image.map(ImageConfig::entrypoint).orElse(List.of());
    boolean fromImage =
        !entrypoint.isEmpty()
            && process.argv().size() >= entrypoint.size()
            && process.argv().subList(0, entrypoint.size()).equals(entrypoint);
    ContainerDetails.textsOrNull(
        node, "Cmd", fromImage ? process.argv().subList(entrypoint.size(), process.argv().size()) : process.argv());
    if (record.health() != null) {
      health(record.health(), node.putObject("Healthcheck"));
    }
    node.put("Image", record.image());
    if (record.volumes().isEmpty()) {
      node.putNull("Volumes");
    } else {
      ObjectNode volumes = node.putObject("Volumes");
      new TreeMap<>(record.volumes()).keySet().forEach(volumes::putObject);
    }
    node.put("WorkingDir", process.cwd());
    ContainerDetails.textsOrNull(node, "Entrypoint", fromImage ? entrypoint : List.of());
    node.putNull("OnBuild");
    ObjectNode labels = node.putObject("Labels");
    new TreeMap<>(spec.labels()).forEach(labels::put);
    node.put("StopSignal", spec.stop().signal());
    node.put("StopTimeout", spec.stop().graceMillis() / MILLIS_PER_SECOND);
    return node;
  }

  private static void health(HealthSpec health, ObjectNode node) {
    List<String> test = new ArrayList<>(List.of("CMD"));
    test.addAll(health.argv());
    ContainerDetails.texts(node.putArray("Test"), test);
    node.put("Interval", health.interval() * NANOS_PER_MILLI);
    node.put("Timeout", health.timeout() * NANOS_PER_MILLI);
    node.put("StartPeriod", health.startPeriod() * NANOS_PER_MILLI);
    node.put("StartInterval", health.startInterval() * NANOS_PER_MILLI);
    node.put("Retries", health.retries());
  }
}
