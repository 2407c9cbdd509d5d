package io.jcompose.cli;

import io.jcompose.engine.ContainerImages;
import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What {@code commit} takes, for a container as for a service. */
final class CommitOptions {
  @Option(names = {"-a", "--author"}, paramLabel = "NAME", description = "Who made the image")
  String author = "";

  @Option(names = {"-c", "--change"}, paramLabel = "INSTRUCTION", description = "Sets the image's CMD, ENV, USER, …, as in a Dockerfile")
  List<String> changes = new ArrayList<>();

  @Option(names = {"-m", "--message"}, paramLabel = "TEXT", description = "For the image's history")
  String message = "";

  @Option(names = {"-p", "--pause"}, arity = "0..1", fallbackValue = "true", description = "Whether the container stands still meanwhile. Default: true")
  boolean pause = true;

  @Option(names = "--no-pause", description = "As --pause=false")
  boolean noPause;

  int commit(CommandContext context, String container, String name) {
    try {
      context.out().println(
          context
              .engine()
              .containerImages()
              .commit(
                  new ContainerImages.Commit(container, name, author, message, changes, pause && !noPause)));
      return 0;
    } catch (IOException e) {
      throw new EngineException("can't read the container's files: " + e.getMessage(), e);
    }
  }
}
