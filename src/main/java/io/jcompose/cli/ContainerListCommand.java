package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ContainerView;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "ls",
    aliases = {"ps", "list"},
    description = "Lists containers, of projects and others.",
    sortOptions = false)
final class ContainerListCommand implements Callable<Integer>, Reusable {
  private static final DateTimeFormatter CREATED_AT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xx 'UTC'").withZone(ZoneOffset.UTC);
  private final CommandContext context;

  @Option(names = {"-a", "--all"}, description = "Shows those that don't run, too")
  boolean all;

  @Option(names = {"-q", "--quiet"}, description = "Shows ids only")
  boolean quiet;

  @Option(names = {"-n", "--last"}, paramLabel = "N", description = "Shows the N newest, running or not")
  int last = -1;

  @Option(names = {"-l", "--latest"}, description = "Shows the newest, running or not")
  boolean latest;

  @Option(
      names = {"-f", "--filter"}, paramLabel = "KEY=VALUE",
      description = "Only some: ancestor, before, exited, expose, health, id, label, name, network, publish, since, status, volume")
  List<String> filters = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json, or a Go template")
  String format = "";

  @Option(names = "--no-trunc", description = "Shows ids and commands in full")
  boolean noTrunc;

  @Option(names = {"-s", "--size"}, description = "Shows what each has written into its own layer")
  boolean size;

  ContainerListCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ListFormat.check(format);
    ContainerFilter filter = ContainerFilter.parse(filters, context.engine().containers());
    int limit = latest ? 1 : last;
    List<ContainerView> containers =
        context.engine().containers().all().stream()
            .filter(c -> all || limit > 0 || filter.asksForState() || c.state().active())
            .filter(filter)
            .sorted(Comparator.comparingLong(ContainerView::created).reversed())
            .limit(limit > 0 ? limit : Long.MAX_VALUE)
            .toList();
    if (quiet) {
      containers.forEach(c -> context.out().println(noTrunc ? c.id() : c.shortId()));
      return 0;
    }
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("ID", "CONTAINER ID");
    columns.put("Image", "IMAGE");
    columns.put("Command", "COMMAND");
    columns.put("RunningFor", "CREATED");
    columns.put("Status", "STATUS");
    columns.put("Ports", "PORTS");
    columns.put("Names", "NAMES");
    if (size) {
      columns.put("Size", "SIZE");
    }
    context.out().print(ListFormat.text(format, containers.stream().map(this::row).toList(), columns, Map.of()));
    return 0;
  }

  private ObjectNode row(ContainerView c) {
    long now = System.currentTimeMillis();
    return ListFormat.row()
        .put("Command", ContainerText.command(c, noTrunc))
        .put("CreatedAt", CREATED_AT.format(Instant.ofEpochMilli(c.created())))
        .put("ID", noTrunc ? c.id() : c.shortId())
        .put("Image", c.image())
        .put(
            "Labels",
            new TreeMap<>(c.labels())
                .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(",")))
        .put("LocalVolumes", Integer.toString(c.volumes().size()))
        .put("Mounts", String.join(",", new TreeSet<>(c.volumes())))
        .put("Names", c.name())
        .put("Networks", String.join(",", new TreeSet<>(c.addresses().keySet())))
        .put("Ports", ContainerText.ports(c))
        .put("RunningFor", ContainerText.ago(now - c.created()))
        .put("Size", size || format.contains(".Size") ? ContainerText.size(context.engine().containers().size(c.id())) : "N/A")
        .put("State", c.state().word())
        .put("Status", ContainerText.status(c, now));
  }
}
