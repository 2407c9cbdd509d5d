package io.jcompose.cli.render;

import io.jcompose.engine.Output;
import io.jcompose.engine.log.ContainerLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prints lines of containers, each behind the container's name in a colour of its own. Thread-safe. */
public final class LogPrinter {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final int BUFFER = 64 * 1024;
  private final Output out;
  private final Style style;
  private final boolean prefixes;
  private final boolean colours;
  private final boolean timestamps;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final Map<String, byte[]> prefixBytes = new HashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean buffered;
  private int width;

  public LogPrinter(Output out, Style style, boolean prefixes, boolean colours, boolean timestamps) {
    this.out = out;
    this.style = style;
    this.prefixes = prefixes;
    this.colours = colours;
    this.timestamps = timestamps;
  }

  /** Makes room for a container's name, so that columns stand below each other from the first line. */
  public synchronized void announce(String project, String container, String service) {
    announce(shortName(project, container));
  }

  /** Makes room for names that {@link #names} gave, in their order. */
  public synchronized void announce(List<String> shown) {
    shown.forEach(this::announce);
  }

  /** The names in front of lines so far, in the order that decides their colours. */
  public synchronized List<String> names() {
    return indexes.entrySet().stream().sorted(Map.Entry.comparingByValue()).map(Map.Entry::getKey).toList();
  }

  private void announce(String shown) {
    if (shown.length() > width) {
      width = shown.length();
      prefixBytes.clear();
    }
    indexes.computeIfAbsent(shown, s -> indexes.size());
  }

  public synchronized void print(ContainerLine line) {
    format(line, bytes);
    if (!buffered || bytes.size() >= BUFFER) {
      flush();
    }
  }

  /** Appends to {@code bytes} what {@link #print} writes. */
  public synchronized void format(ContainerLine line, ByteArrayOutputStream bytes) {
    if (line.line().isMark()) {
      bytes.writeBytes(
          (shortName(line.project(), line.container()) + " ").getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(line.line().text());
      bytes.write('\n');
      return;
    }
    if (prefixes) {
      bytes.writeBytes(prefix(line));
    }
    if (timestamps) {
      long nanos = line.line().nanos();
      Instant time = Instant.ofEpochSecond(nanos / 1_000_000_000, nanos % 1_000_000_000);
      bytes.writeBytes((STAMP.format(time) + " ").getBytes(StandardCharsets.UTF_8));
    }
    byte[] text = out.terminal() ? TerminalText.safe(line.line().text()) : line.line().text();
    bytes.writeBytes(text);
    if ((style.colours() || out.terminal()) && TerminalText.hasEscape(text)) {
      bytes.writeBytes("\033[0m".getBytes(StandardCharsets.US_ASCII));
    }
    bytes.write('\n');
  }

  private byte[] prefix(ContainerLine line) {
    byte[] known = prefixBytes.get(line.container());
    if (known == null) {
      announce(line.project(), line.container(), line.service());
      String shown = shortName(line.project(), line.container());
      String prefix = shown + " ".repeat(width - shown.length()) + "  | ";
      known = (colours ? style.service(indexes.get(shown), prefix) : prefix).getBytes(StandardCharsets.UTF_8);
      prefixBytes.put(line.container(), known);
    }
    return known;
  }

  /** From now on lines are kept until there are many, or {@link #flush}. */
  public synchronized LogPrinter buffered() {
    buffered = true;
    return this;
  }

  /** Writes what was kept. */
  public synchronized void flush() {
    if (bytes.size() > 0) {
      byte[] all = bytes.toByteArray();
      bytes.reset();
      out.write(all);
    }
  }

  /** A word of ours between the lines. */
  public synchronized void note(String text) {
    flush();
    out.println(text);
  }

  /** Container names without the project, as {@code db-1}. */
  public static String shortName(String project, String container) {
    return container.startsWith(project + "-") ? container.substring(project.length() + 1) : container;
  }
}
