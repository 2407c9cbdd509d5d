package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImageTransfers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "pull", description = "Pulls images from their registries.", sortOptions = false)
final class ImagePullCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "1..*", paramLabel = "NAME[:TAG|@DIGEST]")
  List<String> names = new ArrayList<>();

  @Option(names = {"-a", "--all-tags"}, description = "Pulls all tags of the repository")
  boolean allTags;

  @Option(names = "--platform", paramLabel = "OS/ARCH[/VARIANT]", description = "For another platform than this host's")
  String platform = "";

  @Option(names = {"-q", "--quiet"}, description = "Shows no progress")
  boolean quiet;

  @Option(names = "--disable-content-trust", hidden = true, arity = "0..1", description = "Taken as Docker's tools do")
  boolean noTrust;

  ImagePullCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ImageTransfers transfers = context.engine().images().transfers();
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      ImageTransfers.Call call =
          new ImageTransfers.Call(context.invocation().environment(), progress, context.invocation().cancellation());
      for (String name : names) {
        for (String one : allTags ? tags(transfers, name, call) : List.of(name)) {
          ImageTransfers.Pulled pulled = transfers.pull(one, platform, call);
          if (!quiet) {
            context.out().println("Digest: " + pulled.digest());
            context.out().println(
                "Status: " + (pulled.newer() ? "Downloaded newer image for " : "Image is up to date for ") + one);
          }
          context.out().println(pulled.name());
        }
      }
    }
    return 0;
  }

  private static List<String> tags(ImageTransfers transfers, String name, ImageTransfers.Call call) {
    if (name.lastIndexOf(':') > name.lastIndexOf('/')) {
      throw new EngineException("tag can't be used with --all-tags/-a");
    }
    return transfers.tags(name, call);
  }
}
