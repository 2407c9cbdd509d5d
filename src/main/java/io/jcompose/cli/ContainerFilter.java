package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import io.jcompose.plan.ContainerState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** {@code --filter key=value} of {@code container ls}: values of one key are alternatives, labels all have to be there. */
final class ContainerFilter implements Predicate<ContainerView> {
  private static final List<String> KEYS =
      List.of("ancestor", "exited", "expose", "health", "id", "label", "name", "network", "publish", "status", "volume");
  private final Map<String, List<String>> wanted = new TreeMap<>();

  ContainerFilter(List<String> texts) {
    for (String text : texts) {
      int equals = text.indexOf('=');
      String key = equals < 0 ? text : text.substring(0, equals);
      if (equals < 0 || !KEYS.contains(key)) {
        throw new EngineException(
            "invalid filter '" + text + "': it is KEY=VALUE, and the keys are " + String.join(", ", KEYS));
      }
      String value = text.substring(equals + 1);
      if (key.equals("status") && Arrays.stream(ContainerState.values()).noneMatch(s -> s.word().equals(value))) {
        throw new EngineException(
            "invalid filter 'status=" + value + "': it is created, running, paused, restarting, exited or dead");
      }
      wanted.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
    }
  }

  /** Whether it speaks of containers that don't run. */
  boolean ofAll() {
    return wanted.containsKey("status") || wanted.containsKey("exited");
  }

  @Override
  public boolean test(ContainerView container) {
    return wanted.entrySet().stream()
        .allMatch(
            e ->
                e.getKey().equals("label")
                    ? e.getValue().stream().allMatch(value -> labelled(container, value))
                    : e.getValue().stream().anyMatch(value -> matches(container, e.getKey(), value)));
  }

  private static boolean labelled(ContainerView container, String text) {
    int equals = text.indexOf('=');
    return equals < 0
        ? container.labels().containsKey(text)
        : text.substring(equals + 1).equals(container.labels().get(text.substring(0, equals)));
  }

  private static boolean matches(ContainerView container, String key, String value) {
    return switch (key) {
      case "ancestor" -> container.image().equals(value) || container.image().startsWith(value + ":");
      case "exited" ->
          container.state() == ContainerState.EXITED && Integer.toString(container.exitCode()).equals(value);
      case "health" -> container.health().name().toLowerCase(Locale.ROOT).equals(value);
      case "id" -> container.id().startsWith(value);
      case "name" -> Pattern.compile(value).matcher(container.name()).find();
      case "network" -> container.addresses().containsKey(value);
      case "status" -> container.state().word().equals(value);
      case "publish" ->
          container.ports().stream().anyMatch(p -> p.hostPort() > 0 && port(p.hostPort(), p.protocol(), value));
      case "expose" -> container.ports().stream().anyMatch(p -> port(p.containerPort(), p.protocol(), value));
      default -> container.volumes().contains(value);
    };
  }

  private static boolean port(int number, String protocol, String value) {
    return value.equals(Integer.toString(number)) || value.equals(number + "/" + protocol);
  }
}
