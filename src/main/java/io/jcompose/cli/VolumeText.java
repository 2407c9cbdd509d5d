package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.StoredVolumes;
import io.jcompose.engine.VolumeView;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Volumes as text, with the fields that Docker's tools have; size and users come on top. */
final class VolumeText {
  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("Driver", "DRIVER");
    COLUMNS.put("Name", "VOLUME NAME");
  }

  private VolumeText() {}

  static String list(List<VolumeView> all, boolean quiet, String format, StoredVolumes volumes) {
    if (quiet) {
      return all.stream().map(v -> v.name() + "\n").collect(Collectors.joining());
    }
    boolean sizes = format.equals("json") || format.contains(".Size");
    List<ObjectNode> rows =
        all.stream()
            .map(
                v ->
                    ListFormat.row()
                        .put("Driver", "local")
                        .put("Labels", labels(v))
                        .put("Links", Integer.toString(v.users().size()))
                        .put("Mountpoint", v.folder())
                        .put("Name", v.name())
                        .put("Scope", "local")
                        .put("Size", sizes ? ContainerText.size(volumes.size(v)) : "N/A")
                        .put("UsedBy", String.join(",", v.users())))
            .toList();
    return ListFormat.text(format, rows, COLUMNS, Map.of("UsedBy", "USED BY"));
  }

  private static String labels(VolumeView volume) {
    return new TreeMap<>(volume.labels())
        .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
  }

  static ObjectNode whole(VolumeView volume, StoredVolumes volumes) {
    ObjectNode node = ListFormat.row();
    node.put("CreatedAt", Instant.ofEpochMilli(volume.created()).truncatedTo(ChronoUnit.SECONDS).toString());
    node.put("Driver", "local");
    fill(node, "Labels", volume.labels());
    node.put("Mountpoint", volume.folder());
    node.put("Name", volume.name());
    fill(node, "Options", volume.options());
    node.put("Scope", "local");
    node.putObject("UsageData").put("Size", volumes.size(volume)).put("RefCount", volume.users().size());
    volume.users().forEach(node.putArray("UsedBy")::add);
    return node;
  }

  private static void fill(ObjectNode node, String key, Map<String, String> values) {
    if (values.isEmpty()) {
      node.putNull(key);
      return;
    }
    ObjectNode object = node.putObject(key);
    new TreeMap<>(values).forEach(object::put);
  }
}
