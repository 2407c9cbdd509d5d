package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Containers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists of containers, with the columns and fields that Docker's tools have. */
final class PsText {
  private static final Map<String, String> OF_PROJECT = new LinkedHashMap<>();
  private static final int SHORT_ID = 12;

  static {
    OF_PROJECT.put("Name", "NAME");
    OF_PROJECT.put("Image", "IMAGE");
    OF_PROJECT.put("Command", "COMMAND");
    OF_PROJECT.put("Service", "SERVICE");
    OF_PROJECT.put("RunningFor", "CREATED");
    OF_PROJECT.put("Status", "STATUS");
    OF_PROJECT.put("Ports", "PORTS");
  }

  private PsText() {}

  /** {@code ps} of a project. */
  static String project(List<ContainerView> all, String format, boolean noTrunc, Containers containers) {
    List<ObjectNode> rows = all.stream().map(c -> row(c, format, noTrunc, containers)).toList();
    return ListFormat.text(format, rows, OF_PROJECT, Map.of("ID", "CONTAINER ID"));
  }

  private static ObjectNode row(ContainerView c, String format, boolean noTrunc, Containers containers) {
    ObjectNode row = ContainerText.row(c);
    boolean whole = noTrunc || format.equals("json");
    row.put("Command", ContainerText.command(c, whole));
    row.put("RunningFor", ContainerText.ago(System.currentTimeMillis() - c.created()));
    if (!whole) {
      row.put("ID", c.id().substring(0, SHORT_ID));
    }
    if (format.contains("Mounts") || format.equals("json")) {
      row.put("Mounts", String.join(",", containers.mounts(c.id())));
    }
    if (format.contains("Size")) {
      row.put("Size", ContainerText.size(containers.size(c.id())));
    }
    return row;
  }
}
