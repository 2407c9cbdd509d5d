package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.Table;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.ProjectImages;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "images", description = "Lists the images of a project's containers.", sortOptions = false)
final class ImagesCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only the images of these")
  List<String> services = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "table or json. Default: table")
  String format = "table";

  @Option(names = {"-q", "--quiet"}, description = "Shows ids only")
  boolean quiet;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ImagesCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--format", format, List.of("table", "json"));
    Project project = new ProjectSource(context).load();
    List<ProjectImages.Used> images = context.engine().images().ofProjects(false).list(project, services);
    if (quiet) {
      images.stream().map(image -> hex(image.id())).distinct().forEach(context.out()::println);
    } else if (format.equals("json")) {
      context.out().println(json(images));
    } else {
      context.out().print(table(images));
    }
    return 0;
  }

  private static String hex(String id) {
    return id.substring(id.indexOf(':') + 1);
  }

  private static String json(List<ProjectImages.Used> images) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (ProjectImages.Used image : images) {
      var node =
          all.addObject()
              .put("ID", image.id())
              .put("ContainerName", image.container())
              .put("Repository", image.repository())
              .put("Tag", image.tag())
              .put("Platform", image.platform())
              .put("Size", image.size());
      if (!image.created().isEmpty()) {
        node.put("Created", image.created());
      }
      image.tagged().ifPresent(time -> node.put("LastTagTime", time.toString()));
    }
    return all.toString();
  }

  private static String table(List<ProjectImages.Used> images) {
    Table table = new Table("CONTAINER", "REPOSITORY", "TAG", "PLATFORM", "IMAGE ID", "SIZE", "CREATED");
    for (ProjectImages.Used image : images) {
      table.row(
          image.container(),
          image.repository(),
          image.tag(),
          image.platform(),
          hex(image.id()).substring(0, 12),
          ContainerText.size(image.size()),
          since(image.created()));
    }
    return table.toString();
  }

  private static String since(String created) {
    try {
      return ContainerText.ago(System.currentTimeMillis() - Instant.parse(created).toEpochMilli());
    } catch (DateTimeParseException e) {
      return "N/A";
    }
  }
}
