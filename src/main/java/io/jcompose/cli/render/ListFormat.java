package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * {@code --format} of verbs that list: {@code table}, {@code json} (a line per row), {@code table
 * TEMPLATE}, or a template that is filled for each row. A row is an object of fields as the Docker
 * tools name them.
 */
public final class ListFormat {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int INDENT = 4;
  private static final int NARROWEST = 10;
  private static final String GAP = "   ";

  private ListFormat() {}

  /** A row to fill. */
  public static ObjectNode row() {
    return MAPPER.createObjectNode();
  }

  /** Fails as {@link #text} would on what is wrong with the template itself. */
  public static void check(String format) {
    if (!format.equals("json") && !format.equals("table")) {
      GoTemplate.parse(template(format));
    }
  }

  /**
   * The rows as text, every line ended.
   *
   * @param format what the user asked for; empty is {@code table}
   * @param columns the fields of the table that is shown when nothing else is asked, with headings
   * @param headings headings of further fields
   */
  public static String text(
      String format, List<ObjectNode> rows, Map<String, String> columns, Map<String, String> headings) {
    if (format.isEmpty() || format.equals("table")) {
      Table table = new Table(columns.values().toArray(String[]::new));
      for (ObjectNode row : rows) {
        table.row(columns.keySet().stream().map(field -> row.path(field).asText("")).toArray(String[]::new));
      }
      return table.toString();
    }
    if (format.equals("json")) {
      StringBuilder lines = new StringBuilder();
      rows.forEach(row -> lines.append(row).append('\n'));
      return lines.toString();
    }
    GoTemplate template = GoTemplate.parse(template(format));
    List<String> lines = new ArrayList<>();
    boolean table = isTable(format);
    if (table) {
      ObjectNode names = row();
      rows.forEach(row -> row.fieldNames().forEachRemaining(field -> names.put(field, heading(field))));
      headings.forEach(names::put);
      columns.forEach(names::put);
      lines.add(template.renderHeadings(names));
    }
    rows.forEach(row -> lines.add(template.render(row)));
    return table ? aligned(lines) : String.join("", lines.stream().map(line -> line + "\n").toList());
  }

  /** Whole objects, as {@code inspect} shows them: a JSON array, or a template filled for each. */
  public static String inspect(String format, List<? extends com.fasterxml.jackson.databind.JsonNode> objects) {
    if (format.isEmpty()) {
      ArrayNode array = MAPPER.createArrayNode();
      objects.forEach(array::add);
      return indented(array, INDENT) + "\n";
    }
    StringBuilder out = new StringBuilder();
    if (format.equals("json")) {
      ArrayNode array = MAPPER.createArrayNode();
      objects.forEach(array::add);
      return array + "\n";
    }
    GoTemplate template = GoTemplate.parse(format);
    objects.forEach(object -> out.append(template.render(object)).append('\n'));
    return out.toString();
  }

  /** JSON on many lines, {@code width} blanks for a level. */
  public static String indented(com.fasterxml.jackson.databind.JsonNode node, int width) {
    var indenter = new com.fasterxml.jackson.core.util.DefaultIndenter(" ".repeat(width), "\n");
    var printer =
        new com.fasterxml.jackson.core.util.DefaultPrettyPrinter(
            com.fasterxml.jackson.core.util.Separators.createDefaultInstance()
                .withObjectFieldValueSpacing(com.fasterxml.jackson.core.util.Separators.Spacing.AFTER)
                .withArrayEmptySeparator("")
                .withObjectEmptySeparator(""));
    printer.indentArraysWith(indenter);
    printer.indentObjectsWith(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(node);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalStateException("a tree of nodes is always JSON", e);
    }
  }

  private static boolean isTable(String format) {
    return format.startsWith("table ") || format.startsWith("table\\t") || format.startsWith("table{{");
  }

  /** Shells hand {@code \t} and {@code \n} through; they mean tab and line feed. */
  private static String template(String format) {
    String text = isTable(format) ? format.substring("table".length()).strip() : format;
    return text.replace("\\t", "\t").replace("\\n", "\n");
  }

  /** {@code CreatedAt} → {@code CREATED AT}. */
  private static String heading(String field) {
    return field.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toUpperCase(java.util.Locale.ROOT);
  }

  private static String aligned(List<String> texts) {
    List<String[]> rows =
        texts.stream().flatMap(text -> text.lines()).map(line -> line.split("\t", -1)).toList();
    List<Integer> widths = new ArrayList<>();
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        int width = Math.max(NARROWEST, row[i].codePointCount(0, row[i].length()) + GAP.length());
        if (i == widths.size()) {
          widths.add(width);
        } else {
          widths.set(i, Math.max(widths.get(i), width));
        }
      }
    }
    StringBuilder out = new StringBuilder();
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        out.append(row[i]);
        if (i < row.length - 1) {
          out.repeat(' ', widths.get(i) - row[i].codePointCount(0, row[i].length()));
        }
      }
      out.append('\n');
    }
    return out.toString();
  }
}
