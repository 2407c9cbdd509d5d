package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ImageDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "history", description = "Shows how an image came to be.", sortOptions = false)
final class ImageHistoryCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "IMAGE")
  String name;

  @Option(names = "--format", paramLabel = "FORMAT", description = "table, json or a Go template")
  String format = "";

  @Option(names = "--no-trunc", description = "Cuts nothing")
  boolean noTrunc;

  @Option(names = {"-q", "--quiet"}, description = "Shows ids only")
  boolean quiet;

  @Option(names = {"-H", "--human"}, arity = "0..1", fallbackValue = "true", description = "Sizes and times for people")
  boolean human = true;

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only if it is for this platform")
  String platform;

  ImageHistoryCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ListFormat.check(format);
    ImageDetails details = context.engine().images().details();
    details.requirePlatform(name, platform);
    String id = details.id(name);
    List<ObjectNode> rows = new ArrayList<>();
    for (ImageDetails.Step step : details.history(name)) {
      rows.add(HistoryText.row(step, rows.isEmpty() ? id : "", noTrunc, human));
    }
    if (quiet) {
      rows.forEach(row -> context.out().println(row.path("ID").asText()));
    } else {
      context.out().print(ListFormat.text(format, rows, HistoryText.COLUMNS, Map.of()));
    }
    return 0;
  }
}
