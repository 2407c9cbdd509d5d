package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageStore;
import io.jcompose.network.Networks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** All that is known of single containers, in the shape of Docker's {@code container inspect}. */
public final class ContainerDetails {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Units units;
  private final ImageStore images;
  private final Networks networks;

  ContainerDetails(Units units, ImageStore images, Networks networks) {
    this.units = units;
    this.images = images;
    this.networks = networks;
  }

  /** Whether there is a container of this name, or with an id that begins so. */
  public boolean known(String text) {
    return units.byName(text).isPresent()
        || !text.isEmpty() && units.all().stream().anyMatch(u -> u.record().id().startsWith(text));
  }

  /**
   * @param text name, id, or beginning of an id
   */
  public ObjectNode inspect(String text) {
    Unit unit = units.find(text);
    ContainerRecord record = unit.record();
    Optional<ImageConfig> image = images.find(record.imageId()).map(i -> i.config());
    List<String> argv = record.spec().process().argv();
    Path folder = unit.logFolder();
    ObjectNode root = JSON.createObjectNode();
    root.put("Id", record.id());
    root.put("Created", Instant.ofEpochMilli(record.created()).toString());
    root.put("Path", argv.getFirst());
    texts(root.putArray("Args"), argv.subList(1, argv.size()));
    root.set("State", InspectedState.of(unit));
    root.put("Image", record.imageId());
    root.put("ResolvConfPath", folder.resolve("etc/resolv.conf").toString());
    root.put("HostnamePath", folder.resolve("etc/hostname").toString());
    root.put("HostsPath", folder.resolve("etc/hosts").toString());
    root.put("LogPath", folder.toString());
    root.put("Name", "/" + record.name());
    root.put("RestartCount", unit.status().restarts());
    root.put("Driver", "overlay2");
    root.put("Platform", "linux");
    root.put("MountLabel", "");
    root.put("ProcessLabel", "");
    root.put("AppArmorProfile", "");
    root.putNull("ExecIDs");
    root.set("HostConfig", InspectedHostConfig.of(record));
    root.set("Mounts", InspectedMounts.of(record));
    root.set("Config", InspectedConfig.of(record, image));
    root.set("NetworkSettings", new InspectedNetworks(networks).of(unit));
    return root;
  }

  static ArrayNode texts(ArrayNode array, Collection<String> values) {
    values.forEach(array::add);
    return array;
  }

  /** As Docker writes it where there is nothing: null, not an empty list. */
  static void textsOrNull(ObjectNode into, String key, Collection<String> values) {
    if (values.isEmpty()) {
      into.putNull(key);
    } else {
      texts(into.putArray(key), values);
    }
  }
}
