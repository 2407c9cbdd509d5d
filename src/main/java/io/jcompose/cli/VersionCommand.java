package io.jcompose.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "version", description = "Shows the version.", sortOptions = false)
final class VersionCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--short", description = "Shows the number only")
  boolean brief;

  @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "pretty or json. Default: pretty")
  String format = "pretty";

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  VersionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String version = Installation.version();
    if (brief) {
      context.out().println(version);
    } else if (format.equals("json")) {
      context.out().println("{\"version\":\"" + version + "\"}");
    } else {
      context.out().println("jcompose version " + version);
    }
    return 0;
  }
}
