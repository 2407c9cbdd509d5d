package io.jcompose.cli.render;

import io.jcompose.engine.Timeline.Span;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** A picture of where a command's time went: a bar for each step, and the chain that decided the total. */
public final class TimelineSvg {
  private static final int LABELS = 380;
  private static final int BARS = 640;
  private static final int ROW = 22;
  private static final int TOP = 64;
  private static final int TICKS = 5;
  private final List<Span> spans;
  private final Set<Integer> decisiveIds;
  private final long total;

  public TimelineSvg(List<Span> spans, List<Span> decisive) {
    this.spans = List.copyOf(spans);
    decisiveIds = decisive.stream().map(Span::id).collect(Collectors.toSet());
    total = spans.stream().mapToLong(Span::end).max().orElse(0);
  }

  /** {@code pull image db 2.1 s → wait for service db to be healthy 1.4 s}; empty when nothing was done. */
  public static String chain(List<Span> decisive) {
    return decisive.stream()
        .map(span -> Printable.line(label(span)) + " " + seconds(span.nanos()))
        .collect(Collectors.joining(" → "));
  }

  @Override
  public String toString() {
    int width = LABELS + BARS + 90;
    int height = TOP + spans.size() * ROW + 30;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"12\">\n".formatted(width, height))
        .append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n")
        .append("<text x=\"12\" y=\"22\" font-size=\"15\" font-weight=\"bold\">%s, %d steps</text>\n".formatted(seconds(total), spans.size()))
        .append("<text x=\"12\" y=\"40\" fill=\"#b00020\">decided by the steps with a red frame</text>\n");
    axis(svg);
    for (int i = 0; i < spans.size(); i++) {
      row(svg, spans.get(i), TOP + i * ROW);
    }
    return svg.append("</svg>\n").toString();
  }

  private void axis(StringBuilder svg) {
    int bottom = TOP + spans.size() * ROW;
    for (int tick = 0; tick <= TICKS; tick++) {
      double x = LABELS + (double) BARS * tick / TICKS;
      svg.append("<line x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\" stroke=\"#ddd\"/>\n".formatted(number(x), TOP - 6, number(x), bottom))
          .append("<text x=\"%s\" y=\"%d\" fill=\"#666\" text-anchor=\"middle\">%s</text>\n".formatted(number(x), bottom + 18, seconds(total * tick / TICKS)));
    }
  }

  private void row(StringBuilder svg, Span span, int y) {
    boolean decides = decisiveIds.contains(span.id());
    double begin = LABELS + x(span.begin());
    double length = Math.max(1.5, x(span.nanos()));
    svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>%s</text>\n".formatted(LABELS - 10, y + 14, decides ? " font-weight=\"bold\"" : "", escape(label(span))))
        .append("<rect x=\"%s\" y=\"%d\" width=\"%s\" height=\"%d\" rx=\"2\" fill=\"%s\"%s><title>%s</title></rect>\n".formatted(
            number(begin), y + 3, number(length), ROW - 7, colour(span),
            decides ? " stroke=\"#b00020\" stroke-width=\"2\"" : "",
            escape(label(span) + ", " + seconds(span.nanos()) + (span.failed() ? ", failed" : ""))))
        .append("<text x=\"%s\" y=\"%d\" fill=\"#666\">%s%s</text>\n".formatted(
            number(begin + length + 6), y + 14, seconds(span.nanos()), span.failed() ? ", failed" : ""));
  }

  private double x(long nanos) {
    return total == 0 ? 0 : (double) BARS * nanos / total;
  }

  private static String colour(Span span) {
    if (span.failed()) {
      return "#e57373";
    }
    if (span.verb().equals("wait for")) {
      return "#ffd54f";
    }
    return switch (span.kind()) {
      case "image" -> "#9575cd";
      case "network" -> "#4db6ac";
      case "volume" -> "#a1887f";
      default -> span.verb().equals("start") ? "#81c784" : "#64b5f6";
    };
  }

  private static String label(Span span) {
    return span.verb() + " " + span.kind() + " " + span.subject();
  }

  private static String seconds(long nanos) {
    double millis = nanos / 1e6;
    return millis < 1000
        ? String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escape(String text) {
    return Printable.line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
  }
}
