package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.Cancellation;
import io.jcompose.engine.ContainerSample;
import io.jcompose.engine.ContainerView;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What containers use, as a table that is drawn again and again, or once. */
final class StatsView {
  private static final long PAUSE_MILLIS = 500;
  private static final int SHORT_ID = 12;
  private static final Map<String, String> COLUMNS = new LinkedHashMap<>();

  static {
    COLUMNS.put("ID", "CONTAINER ID");
    COLUMNS.put("Name", "NAME");
    COLUMNS.put("CPUPerc", "CPU %");
    COLUMNS.put("MemUsage", "MEM USAGE / LIMIT");
    COLUMNS.put("MemPerc", "MEM %");
    COLUMNS.put("NetIO", "NET I/O");
    COLUMNS.put("BlockIO", "BLOCK I/O");
    COLUMNS.put("PIDs", "PIDS");
  }

  private final CommandContext context;
  private final Options options;
  private final Supplier<List<ContainerView>> containers;
  private final Map<String, ContainerSample> earlier = new HashMap<>();

  /** As the flags of the command say. */
  record Options(boolean all, String format, boolean noStream, boolean noTrunc) {}

  /**
   * @param containers which to show, asked again for each table: some come and go
   */
  StatsView(CommandContext context, Options options, Supplier<List<ContainerView>> containers) {
    this.context = context;
    this.options = options;
    this.containers = containers;
    ListFormat.check(options.format().isEmpty() ? "table" : options.format());
  }

  int run() {
    Cancellation cancellation = context.invocation().cancellation();
    if (!options.noStream()) {
      context.invocation().continuation().begin(Commands.INTERRUPTED, true); // the next engine draws the next table
    }
    rows();
    while (pause(cancellation)) {
      String table = ListFormat.text(options.format(), rows(), COLUMNS, Map.of("Container", "CONTAINER"));
      boolean live = context.out().terminal() && !options.noStream();
      // From the top left corner, each line cleared as it is written over, and what is below the table at last.
      context.out().print(live ? "\033[H" + table.replace("\n", "\033[K\n") + "\033[J" : table);
      if (options.noStream()) {
        return 0;
      }
    }
    return cancellation.requested() ? Commands.INTERRUPTED : 0;
  }

  /** Waits for the next table; false when none is wanted any more. */
  private static boolean pause(Cancellation cancellation) {
    CountDownLatch over = new CountDownLatch(1);
    try (Cancellation.Registration registration = cancellation.onRequest(over::countDown)) {
      return !over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private List<ObjectNode> rows() {
    return containers.get().stream().flatMap(c -> row(c).stream()).toList();
  }

  private Optional<ObjectNode> row(ContainerView container) {
    Optional<ContainerSample> sample = context.engine().statistics().sample(container.id());
    if (sample.isEmpty()) {
      earlier.remove(container.id());
      return options.all() ? Optional.of(row(container, new ContainerSample(0, 0, 0, 0, 0, 0, 0, 0, 0), 0)) : Optional.empty();
    }
    ContainerSample before = earlier.put(container.id(), sample.get());
    return Optional.of(row(container, sample.get(), before == null ? 0 : sample.get().cpuPercent(before)));
  }

  private ObjectNode row(ContainerView container, ContainerSample s, double cpu) {
    double memory = s.memoryLimit() == 0 ? 0 : s.memory() * 100.0 / s.memoryLimit();
    String id = options.noTrunc() ? container.id() : container.id().substring(0, SHORT_ID);
    return ListFormat.row()
        .put("BlockIO", ContainerText.size(s.read()) + " / " + ContainerText.size(s.written()))
        .put("CPUPerc", percent(cpu))
        .put("Container", options.noTrunc() ? container.id() : container.name())
        .put("ID", id)
        .put("MemPerc", percent(memory))
        .put("MemUsage", ContainerText.binarySize(s.memory()) + " / " + ContainerText.binarySize(s.memoryLimit()))
        .put("Name", container.name())
        .put("NetIO", ContainerText.size(s.received()) + " / " + ContainerText.size(s.sent()))
        .put("PIDs", Long.toString(s.pids()));
  }

  private static String percent(double value) {
    return String.format(java.util.Locale.ROOT, "%.2f%%", value);
  }
}
