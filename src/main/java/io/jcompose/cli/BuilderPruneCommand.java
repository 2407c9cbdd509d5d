package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.DiskUsage.CacheUse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "prune", description = "Removes what builds keep for later ones.", sortOptions = false)
final class BuilderPruneCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-a", "--all"}, description = "What images have, too")
  boolean all;

  @Option(names = {"-f", "--force"}, description = "Does not ask")
  boolean force;

  @Option(names = "--filter", paramLabel = "KEY=VALUE", description = "Only those: until=24h, id, type, description, shared, private")
  List<String> filters = new ArrayList<>();

  @Option(
      names = {"--keep-storage", "--max-used-space", "--reserved-space"},
      defaultValue = "",
      paramLabel = "BYTES",
      description = "Keeps so much of it, what was used last")
  String keep;

  @Option(names = "--verbose", description = "All that is known of each that goes")
  boolean verbose;

  @Option(names = "--builder", hidden = true)
  List<String> ignored = new ArrayList<>();

  BuilderPruneCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    long now = System.currentTimeMillis();
    CacheFilter filter = CacheFilter.of(filters, now);
    long kept = keep.isEmpty() ? 0 : Bytes.parse("--keep-storage", keep);
    String question =
        "WARNING! This will remove all " + (all ? "" : "dangling ") + "build cache. Are you sure you want to continue? [y/N] ";
    if (!force && !Confirmation.of(context, question)) {
      return 0;
    }
    List<CacheUse> going = going(context.engine().disk().cache(), filter, kept);
    Set<String> ids = new HashSet<>();
    going.forEach(use -> ids.add(use.id()));
    Set<String> removed = context.engine().cleaning().pruneCache(ids);
    List<CacheUse> gone = going.stream().filter(use -> removed.contains(use.id())).toList();
    if (!gone.isEmpty()) {
      context.out().print(verbose ? CacheText.verbose(gone, now) : CacheText.of(gone, now));
    }
    long freed = CacheText.size(gone.stream().filter(use -> !use.shared()).toList());
    context.out().println("Total:\t" + ContainerText.size(freed));
    return 0;
  }

  /** Of what may go, what was used last stays as long as there is room for it. */
  private List<CacheUse> going(List<CacheUse> entries, CacheFilter filter, long room) {
    List<CacheUse> going = new ArrayList<>();
    long kept = 0;
    for (CacheUse use : entries) {
      if (!all && use.shared() || !filter.test(use)) {
        continue;
      }
      kept += use.size();
      if (kept > room) {
        going.add(use);
      }
    }
    return going;
  }
}
