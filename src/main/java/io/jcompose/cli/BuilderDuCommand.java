package io.jcompose.cli;

import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.DiskUsage.CacheUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "du", description = "Shows what builds keep for later ones.", sortOptions = false)
final class BuilderDuCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--verbose", description = "All that is known of each")
  boolean verbose;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Only those: until=24h, id, type, description, shared, private")
  List<String> filters = new ArrayList<>();

  @Option(names = "--format", defaultValue = "", paramLabel = "FORMAT", description = "json or a Go template, for each")
  String format;

  @Option(names = "--builder", hidden = true)
  List<String> ignored = new ArrayList<>();

  BuilderDuCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    long now = System.currentTimeMillis();
    List<CacheUse> entries =
        context.engine().disk().cache().stream().filter(CacheFilter.of(filters, now)).toList();
    if (!format.isEmpty()) {
      context.out().print(ListFormat.text(format, entries.stream().map(use -> CacheText.json(use, now)).toList(), Map.of(), Map.of()));
      return 0;
    }
    context.out().print(verbose ? CacheText.verbose(entries, now) : CacheText.of(entries, now));
    if (filters.isEmpty()) {
      context.out().print(CacheText.totals(entries));
    }
    return 0;
  }
}
