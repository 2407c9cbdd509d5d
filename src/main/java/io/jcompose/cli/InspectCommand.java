package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.Engine;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "inspect",
    description = "Shows all that is known of containers, images and volumes.",
    sortOptions = false)
final class InspectCommand implements Callable<Integer> {
  private static final List<String> TYPES = List.of("container", "image", "volume");
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "NAME", description = "Names or ids")
  List<String> names = new ArrayList<>();

  @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "json, or a template such as {{.Id}}")
  String format = "";

  @Option(names = "--type", paramLabel = "TYPE", description = "Only of this kind: container, image, volume")
  String type;

  @Option(names = {"-s", "--size"}, hidden = true, description = "Taken as Docker's tools do")
  boolean size;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  InspectCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--type", type, TYPES);
    List<ObjectNode> found = new ArrayList<>();
    int code = 0;
    for (String name : names) {
      Optional<ObjectNode> node = (type == null ? TYPES : List.of(type)).stream().map(t -> inspect(t, name)).flatMap(Optional::stream).findFirst();
      if (node.isPresent()) {
        found.add(node.get());
      } else {
        context.err().println("jcompose: no such " + (type == null ? "object" : type) + ": " + name);
        code = 1;
      }
    }
    context.out().print(ListFormat.inspect(format, found));
    return code;
  }

  private Optional<ObjectNode> inspect(String kind, String name) {
    Engine engine = context.engine();
    return switch (kind) {
      case "container" ->
          engine.details().known(name)
              ? Optional.of(engine.details().inspect(name))
              : Optional.empty();
      case "image" -> image(name);
      default -> engine.volumes().find(name).map(volume -> VolumeText.whole(volume, engine.volumes()));
    };
  }

  private Optional<ObjectNode> image(String name) {
    try {
      return Optional.of(ImageFields.of(context.engine().images().details().inspect(name), format));
    } catch (EngineException e) {
      // There is none of this name; said by the caller, who may still find it among the others.
      return Optional.empty();
    }
  }
}
