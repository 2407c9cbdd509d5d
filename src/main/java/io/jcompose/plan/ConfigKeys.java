package io.jcompose.plan;

import io.jcompose.compose.model.Device;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.Fingerprint;
import io.jcompose.compose.model.HostEntry;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.RestartPolicy;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.VolumeSpec;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The settings of a service, network or volume as flat keys, named as in the Compose file.
 *
 * <p>It walks the records' components, so that a new one can't be forgotten here. What is at its
 * default is left out.
 */
final class ConfigKeys {

  /** Records that only group what is flat in the file. */
  private static final Set<String> GROUPS =
      Set.of("process", "networking", "storage", "resources", "confinement", "hooks");

  /** What never asks for a new container: SEMANTICS "Config hash". */
  private static final Set<String> NOT_OF_A_CONTAINER =
      Set.of(
          "name",
          "build",
          "pull_policy",
          "replicas",
          "depends_on",
          "profiles",
          "attach",
          "deploy",
          "watch",
          "fingerprint");

  private static final Set<String> NOT_OF_A_RESOURCE = Set.of("key", "fingerprint", "external");

  /** Components whose name is not the file's. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("networking.mode", "network_mode"),
          Map.entry("storage.mounts", "volumes"),
          Map.entry("storage.options", "storage_opt"),
          Map.entry("resources.memory", "mem_limit"),
          Map.entry("resources.memory_reservation", "mem_reservation"),
          Map.entry("resources.memory_swap", "memswap_limit"),
          Map.entry("resources.memory_swappiness", "mem_swappiness"),
          Map.entry("resources.pids", "pids_limit"),
          Map.entry("resources.blkio", "blkio_config"),
          Map.entry("resources.devices", "gpus"),
          Map.entry("resources.cpu_realtime_period", "cpu_rt_period"),
          Map.entry("resources.cpu_realtime_runtime", "cpu_rt_runtime"),
          Map.entry("confinement.userns", "userns_mode"),
          Map.entry("driver_options", "driver_opts"),
          Map.entry("volume", "source"));

  /** A record's component under its name in the file. */
  private record Component(String name, Method accessor) {
    Object of(Record record) {
      try {
        return accessor.invoke(record);
      } catch (IllegalAccessException | InvocationTargetException e) {
        throw new IllegalStateException("an accessor of a public record failed", e);
      }
    }
  }

  /** Looked up once for each kind of record: a plan asks for the same ones for every service. */
  private static final ClassValue<List<Component>> COMPONENTS =
      new ClassValue<>() {
        @Override
        protected List<Component> computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents())
              .map(part -> new Component(snake(part.getName()), part.getAccessor()))
              .toList();
        }
      };

  private final SortedMap<String, String> keys = new TreeMap<>();

  private ConfigKeys() {}

  /** The settings that a container of this service is made from. */
  static Config of(Project project, Service service) {
    ConfigKeys into = new ConfigKeys();
    into.components("", "", service, NOT_OF_A_CONTAINER);
    for (FileRef file : service.storage().secrets()) {
      Optional.ofNullable(project.secrets().get(file.source()))
          .ifPresent(spec -> into.keys.put("secrets." + spec.key(), ConfigValues.source(spec.source())));
    }
    for (FileRef file : service.storage().configs()) {
      Optional.ofNullable(project.configs().get(file.source()))
          .ifPresent(spec -> into.keys.put("configs." + spec.key(), ConfigValues.source(spec.source())));
    }
    return new Config(into.keys);
  }

  /** The settings that this network is made from. */
  static Config of(NetworkSpec network) {
    ConfigKeys into = new ConfigKeys();
    into.components("", "", network, NOT_OF_A_RESOURCE);
    return new Config(into.keys);
  }

  /** The settings that this volume is made from. */
  static Config of(VolumeSpec volume) {
    ConfigKeys into = new ConfigKeys();
    into.components("", "", volume, NOT_OF_A_RESOURCE);
    return new Config(into.keys);
  }

  private void components(String path, String group, Record of, Set<String> without) {
    for (Component component : COMPONENTS.get(of.getClass())) {
      String name = component.name();
      if (without.contains(name)) {
        continue;
      }
      Object value = component.of(of);
      if (path.isEmpty() && GROUPS.contains(name)) {
        components("", name, (Record) value, without);
        continue;
      }
      String inGroup = group.isEmpty() ? name : group + "." + name;
      String key = NAMES.getOrDefault(inGroup, NAMES.getOrDefault(name, name));
      add(path.isEmpty() ? key : path + "." + key, value);
    }
  }

  private void add(String path, Object value) {
    switch (value) {
      case Optional<?> optional -> optional.ifPresent(present -> addPresent(path, present));
      case OptionalInt number -> number.ifPresent(n -> keys.put(path, Integer.toString(n)));
      case OptionalLong number -> number.ifPresent(n -> keys.put(path, Long.toString(n)));
      case OptionalDouble number -> number.ifPresent(n -> keys.put(path, Double.toString(n)));
      case Boolean flag -> {
        if (flag) {
          keys.put(path, "true");
        }
      }
      case Integer number -> {
        if (number != 0) {
          keys.put(path, number.toString());
        }
      }
      case List<?> list -> {
        if (!list.isEmpty()) {
          addPresent(path, list);
        }
      }
      case Map<?, ?> map -> map.forEach((key, element) -> addElement(path + "." + key, element));
      default -> addPresent(path, value);
    }
  }

  /** An element of a map counts by being there, whatever its value. */
  private void addElement(String path, Object value) {
    switch (value) {
      case Optional<?> optional when optional.isEmpty() -> keys.put(path, "(unset)");
      case Record record -> {
        int before = keys.size();
        components(path, "", record, Set.of("network"));
        if (keys.size() == before) {
          keys.put(path, "{}");
        }
      }
      default -> add(path, value);
    }
  }

  private void addPresent(String path, Object value) {
    switch (value) {
      case RestartPolicy policy -> {
        if (!policy.equals(RestartPolicy.NONE)) {
          keys.put(path, ConfigValues.restart(policy));
        }
      }
      case Duration duration -> keys.put(path, ConfigValues.duration(duration));
      case List<?> list when list.stream().anyMatch(Record.class::isInstance) -> {
        for (int i = 0; i < list.size(); i++) {
          Record element = (Record) list.get(i);
          String within = path + "[" + ConfigValues.identity(element).orElse(Integer.toString(i)) + "]";
          switch (element) {
            case Port port -> keys.merge(within, ConfigValues.published(port), (one, more) -> one + ", " + more);
            case HostEntry host ->
                keys.merge(within, host.address(), (one, more) -> one + ", " + more);
            case Mount mount -> {
              keys.put(within + ".type", ConfigValues.type(mount));
              components(within, "", element, Set.of("target"));
            }
            case FileRef _, Device _ -> components(within, "", element, Set.of("target"));
            default -> addElement(within, element);
          }
        }
      }
      case List<?> list ->
          keys.put(
              path,
              list.stream().map(ConfigValues::scalar).collect(Collectors.joining(", ", "[", "]")));
      case Fingerprint _ -> {}
      case Record record -> components(path, "", record, Set.of());
      default -> keys.put(path, ConfigValues.scalar(value));
    }
  }

  private static String snake(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
