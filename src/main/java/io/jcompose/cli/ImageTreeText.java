package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.Table;
import io.jcompose.engine.DiskUsage.ImageTree;
import java.util.List;
import java.util.Set;

/** {@code image ls --tree}: each image with its names, and below them the platform that it is for. */
final class ImageTreeText {
  private static final String USED = "U";

  private ImageTreeText() {}

  /** {@code shown}: the ids of those that are wanted. */
  static String of(List<ImageTree> images, Set<String> shown) {
    Table table = new Table("IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "EXTRA");
    for (ImageTree image : images) {
      if (shown.contains(image.id())) {
        rows(table, image);
      }
    }
    return table.toString();
  }

  private static void rows(Table table, ImageTree image) {
    List<String> names = image.names().isEmpty() ? List.of("<untagged>") : image.names();
    String size = ContainerText.size(image.size());
    String content = ContainerText.size(image.content());
    String extra = image.used() ? USED : "";
    for (String name : names) {
      table.row(name, shortened(image.id()), size, content, extra);
    }
    table.row("└─ " + image.platform(), shortened(image.manifest()), size, content, extra);
  }

  private static String shortened(String digest) {
    return digest.substring(digest.indexOf(':') + 1).substring(0, 12);
  }
}
