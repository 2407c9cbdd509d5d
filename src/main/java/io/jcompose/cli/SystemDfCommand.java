package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.DiskUsage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "df", description = "Shows what takes how much of the disk.", sortOptions = false)
final class SystemDfCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-v", "--verbose"}, description = "Every image, container and volume")
  boolean verbose;

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json or a Go template")
  String format = "";

  SystemDfCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ListFormat.check(format.isEmpty() ? "table" : format);
    DiskUsage disk = context.engine().disk();
    if (!verbose) {
      context.out().print(ListFormat.text(format, summary(disk), COLUMNS, Map.of()));
    } else if (format.isEmpty() || format.equals("table")) {
      context.out().print(DiskText.all(disk));
    } else {
      ObjectNode whole = DiskText.json(disk);
      context.out().print(format.equals("json") ? whole + "\n" : ListFormat.inspect(format, List.of(whole)));
    }
    return 0;
  }

  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("Type", "TYPE");
    COLUMNS.put("TotalCount", "TOTAL");
    COLUMNS.put("Active", "ACTIVE");
    COLUMNS.put("Size", "SIZE");
    COLUMNS.put("Reclaimable", "RECLAIMABLE");
  }

  private static List<ObjectNode> summary(DiskUsage disk) {
    List<ObjectNode> rows = new ArrayList<>();
    for (DiskUsage.Kind kind : disk.summary()) {
      String part =
          kind.size() == 0 || kind.name().equals("Build Cache")
              ? ""
              : " (" + kind.reclaimable() * 100 / kind.size() + "%)";
      rows.add(
          ListFormat.row()
              .put("Active", Integer.toString(kind.active()))
              .put("Reclaimable", ContainerText.size(kind.reclaimable()) + part)
              .put("Size", ContainerText.size(kind.size()))
              .put("TotalCount", Integer.toString(kind.total()))
              .put("Type", kind.name()));
    }
    return rows;
  }
}
