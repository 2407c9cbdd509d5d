package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.DiskUsage.CacheUse;
import java.time.Instant;
import java.util.List;

/** What builds keep, as {@code docker buildx du} and {@code docker system df -v} show it. */
final class CacheText {
  private static final int SHORT = 12;
  private static final String MOUNT = "exec.cachemount";

  private CacheText() {}

  /** The table of {@code system df -v}. */
  static String ofDisk(List<CacheUse> entries, long now) {
    Table table = new Table("CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED");
    for (CacheUse use : entries) {
      table.row(
          shortId(use),
          use.type(),
          ContainerText.size(use.size()),
          ContainerText.ago(now - use.created()),
          ContainerText.ago(now - use.lastUsed()),
          Integer.toString(use.uses()),
          Boolean.toString(use.shared()));
    }
    return table.toString();
  }

  /** The table of {@code buildx du} and {@code buildx prune}; a star marks what can still change. */
  static String of(List<CacheUse> entries, long now) {
    Table table = new Table("ID", "RECLAIMABLE", "SIZE", "LAST ACCESSED");
    for (CacheUse use : entries) {
      table.row(
          use.id() + (use.type().equals(MOUNT) ? "*" : ""),
          "true",
          ContainerText.size(use.size()),
          ContainerText.ago(now - use.lastUsed()));
    }
    return table.toString();
  }

  /** A paragraph for each. */
  static String verbose(List<CacheUse> entries, long now) {
    StringBuilder text = new StringBuilder();
    for (CacheUse use : entries) {
      text.append("ID:\t\t").append(use.id()).append('\n')
          .append("Created at:\t").append(Instant.ofEpochMilli(use.created())).append('\n')
          .append("Mutable:\t").append(use.type().equals(MOUNT)).append('\n')
          .append("Reclaimable:\ttrue\n")
          .append("Shared:\t\t").append(use.shared()).append('\n')
          .append("Size:\t\t").append(ContainerText.size(use.size())).append('\n')
          .append("Description:\t").append(Printable.line(use.description())).append('\n')
          .append("Usage count:\t").append(use.uses()).append('\n')
          .append("Last used:\t").append(ContainerText.ago(now - use.lastUsed())).append('\n')
          .append("Type:\t\t").append(use.type()).append("\n\n");
    }
    return text.toString();
  }

  static ObjectNode json(CacheUse use, long now) {
    return ListFormat.row()
        .put("CacheType", use.type())
        .put("CreatedAt", Instant.ofEpochMilli(use.created()).toString())
        .put("CreatedSince", ContainerText.ago(now - use.created()))
        .put("Description", use.description())
        .put("ID", use.id())
        .put("InUse", "false")
        .put("LastUsedAt", Instant.ofEpochMilli(use.lastUsed()).toString())
        .put("LastUsedSince", ContainerText.ago(now - use.lastUsed()))
        .put("Shared", Boolean.toString(use.shared()))
        .put("Size", ContainerText.size(use.size()))
        .put("UsageCount", Integer.toString(use.uses()));
  }

  /** What all of it takes, by lines. */
  static String totals(List<CacheUse> entries) {
    long total = size(entries);
    long shared = size(entries.stream().filter(CacheUse::shared).toList());
    return (shared == 0
            ? ""
            : "Shared:\t\t" + ContainerText.size(shared) + "\nPrivate:\t" + ContainerText.size(total - shared) + "\n")
        + "Reclaimable:\t" + ContainerText.size(total) + "\nTotal:\t\t" + ContainerText.size(total) + "\n";
  }

  static long size(List<CacheUse> entries) {
    return entries.stream().mapToLong(CacheUse::size).sum();
  }

  private static String shortId(CacheUse use) {
    return use.id().substring(0, SHORT) + (use.type().equals(MOUNT) ? "*" : "");
  }
}
