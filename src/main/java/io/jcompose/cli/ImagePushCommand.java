package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImageTransfers;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "push", description = "Sends an image to its registry.", sortOptions = false)
final class ImagePushCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "NAME[:TAG]")
  String name;

  @Option(names = {"-a", "--all-tags"}, description = "Sends all tags of the repository")
  boolean allTags;

  @Option(names = {"-q", "--quiet"}, description = "Shows no progress")
  boolean quiet;

  @Option(names = "--disable-content-trust", hidden = true, arity = "0..1", description = "Taken as Docker's tools do")
  boolean noTrust;

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH[/VARIANT]", description = "Only if it is for this platform")
  String platform;

  ImagePushCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ImageTransfers transfers = context.engine().images().transfers();
    if (allTags && name.lastIndexOf(':') > name.lastIndexOf('/')) {
      throw new EngineException("tag can't be used with --all-tags/-a");
    }
    List<String> all = allTags ? transfers.names(name) : List.of(name);
    if (all.isEmpty()) {
      throw new EngineException("An image does not exist locally with the tag: " + name);
    }
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      for (String one : all) {
        context.engine().images().details().requirePlatform(one, platform);
        ImageTransfers.Pushed pushed =
            transfers.push(
                one,
                new ImageTransfers.Call(
                    context.invocation().environment(), progress, context.invocation().cancellation()));
        context.out().println(
            quiet ? one : pushed.tag() + ": digest: " + pushed.digest() + " size: " + pushed.size());
      }
    }
    return 0;
  }
}
