package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ContainerText;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ImageDetails;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rows of {@code image history}. */
final class HistoryText {
  static final Map<String, String> COLUMNS = new LinkedHashMap<>();
  private static final int WIDTH = 45;

  static {
    COLUMNS.put("ID", "IMAGE");
    COLUMNS.put("CreatedSince", "CREATED");
    COLUMNS.put("CreatedBy", "CREATED BY");
    COLUMNS.put("Size", "SIZE");
    COLUMNS.put("Comment", "COMMENT");
  }

  private HistoryText() {}

  /** Only the topmost step has an id: what is below came from elsewhere. */
  static ObjectNode row(ImageDetails.Step step, String id, boolean full, boolean human) {
    String by = step.createdBy().replace('\t', ' ').replace('\n', ' ');
    boolean cut = !full && by.codePointCount(0, by.length()) > WIDTH;
    return ListFormat.row()
        .put("Comment", step.comment())
        .put("CreatedAt", step.created())
        .put("CreatedBy", cut ? by.substring(0, by.offsetByCodePoints(0, WIDTH - 1)) + "…" : by)
        .put("CreatedSince", human ? since(step.created()) : step.created())
        .put("ID", id.isEmpty() ? "<missing>" : full ? id : id.substring(7, 19))
        .put("Size", human ? ContainerText.size(step.size()) : Long.toString(step.size()));
  }

  private static String since(String created) {
    try {
      return ContainerText.ago(System.currentTimeMillis() - Instant.parse(created).toEpochMilli());
    } catch (DateTimeParseException e) {
      return "N/A";
    }
  }
}
