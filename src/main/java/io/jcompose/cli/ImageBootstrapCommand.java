package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bootstrap",
    description = "Makes a base image from Debian's packages: debian:bookworm-slim, debian:trixie-slim, busybox.",
    sortOptions = false)
final class ImageBootstrapCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "NAME", description = "debian:SUITE[-slim|-minbase|-essential|-buildd] or busybox")
  String name;

  @Option(names = "--force", description = "Makes it again when it is there already")
  boolean force;

  @Option(names = "--mirror", defaultValue = "", paramLabel = "URL", description = "The Debian mirror: the host's own")
  String mirror;

  ImageBootstrapCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (ProgressView progress = ProgressView.of(context)) {
      context.engine().images().bootstrap(
          name, force, mirror, context.invocation().environment(), progress, context.invocation().cancellation());
    }
    return 0;
  }
}
