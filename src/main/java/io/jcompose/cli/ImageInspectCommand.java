package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "inspect", description = "Shows all that is known of images.", sortOptions = false)
final class ImageInspectCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Name or id")
  List<String> names = new ArrayList<>();

  @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "json or a Go template")
  String format = "";

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only if it is for this platform")
  String platform;

  ImageInspectCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    List<ObjectNode> found = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      try {
        context.engine().images().details().requirePlatform(name, platform);
        found.add(ImageFields.of(context.engine().images().details().inspect(name), format));
      } catch (EngineException e) {
        missing.add(e.getMessage());
      }
    }
    context.out().print(ListFormat.inspect(format, found));
    missing.forEach(message -> context.err().println("Error: " + message));
    return missing.isEmpty() ? 0 : 1;
  }
}
