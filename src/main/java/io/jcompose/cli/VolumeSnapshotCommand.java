package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.compose.ComposeException;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.SnapshotView;
import io.jcompose.engine.VolumeSnapshots;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    description = "Keeps what volumes hold now: of those named, or of the whole project at one point in time.",
    sortOptions = false)
final class VolumeSnapshotCommand implements Callable<Integer> {
  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("Name", "NAME");
    COLUMNS.put("Project", "PROJECT");
    COLUMNS.put("Volumes", "VOLUMES");
    COLUMNS.put("CreatedSince", "CREATED");
    COLUMNS.put("Size", "SIZE");
  }

  private final CommandContext context;

  @Parameters(paramLabel = "VOLUME", description = "Only these; else all of the project")
  List<String> volumes = new ArrayList<>();

  @Option(names = "--name", defaultValue = "", description = "The snapshot's name; else it is made of the time")
  String name;

  @Option(names = "--no-pause", description = "Lets containers write meanwhile")
  boolean noPause;

  VolumeSnapshotCommand(CommandContext context) {
    this.context = context;
  }

  private VolumeSnapshots snapshots() {
    return context.engine().snapshots();
  }

  @Override
  public Integer call() {
    String project = volumes.isEmpty() ? project(context) : "";
    List<String> wanted = volumes.isEmpty() ? snapshots().ofProject(project) : volumes;
    context.out().println(snapshots().take(name, project, wanted, !noPause));
    return 0;
  }

  /** The project of the file, or with -p and no file at hand the one of that name: its volumes may be all that is left. */
  static String project(CommandContext context) {
    try {
      return new ContainerChoice(context).projectName();
    } catch (ComposeException e) {
      if (context.options().projectName != null && context.options().files.isEmpty()) {
        return context.options().projectName;
      }
      throw e;
    }
  }

  @Command(name = "ls", aliases = "list", description = "Lists snapshots, the oldest first.")
  int ls(
      @Parameters(arity = "0..*", paramLabel = "VOLUME", description = "Only those that have one of these") List<String> having,
      @Option(names = {"-q", "--quiet"}, description = "Shows names only") boolean quiet,
      @Option(names = "--format", defaultValue = "", description = "table, json, or a template") String format) {
    ListFormat.check(format.isEmpty() ? "table" : format);
    List<SnapshotView> all = snapshots().list(having == null ? List.of() : having);
    if (quiet) {
      all.forEach(s -> context.out().println(s.name()));
    } else {
      List<ObjectNode> rows = all.stream().map(this::row).toList();
      context.out().print(ListFormat.text(format, rows, COLUMNS, Map.of("CreatedAt", "CREATED AT")));
    }
    return 0;
  }

  private ObjectNode row(SnapshotView snapshot) {
    Instant created = Instant.ofEpochMilli(snapshot.created()).truncatedTo(ChronoUnit.SECONDS);
    return ListFormat.row()
        .put("Name", snapshot.name())
        .put("Project", snapshot.project())
        .put("Volumes", String.join(",", snapshot.volumes()))
        .put("CreatedAt", created.toString())
        .put("CreatedSince", ContainerText.ago(System.currentTimeMillis() - snapshot.created()))
        .put("Size", ContainerText.size(snapshots().size(snapshot)));
  }

  @Command(name = "rm", aliases = "remove", description = "Removes snapshots.")
  int rm(@Parameters(arity = "1..*", paramLabel = "SNAPSHOT") List<String> names) {
    int code = 0;
    for (String snapshot : names) {
      try {
        snapshots().remove(snapshot);
        context.out().println(snapshot);
      } catch (EngineException e) {
        context.complain(e);
        code = 1;
      }
    }
    return code;
  }
}
