package io.jcompose.cli.render;

import io.jcompose.engine.Output;
import io.jcompose.engine.Progress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Progress drawn in place on a terminal: a line for each thing, with what happens to it and for how long;
 * below the one that works, the last lines of its output.
 */
public final class LiveProgress implements Progress, AutoCloseable {
  private static final int FRAME_MILLIS = 100;
  private static final int TAIL_LINES = 6;
  private static final String[] SPINNER = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
  private final Output out;
  private final Style style;
  private final IntSupplier columns;
  private final IntSupplier rows;
  private final Map<String, Item> items = new LinkedHashMap<>();
  private final List<String> above = new ArrayList<>();
  private final Thread drawer;
  private int drawn;
  private int frame;
  private boolean closed;

  private static final class Item {
    final String kind;
    final String name;
    final long begun = System.nanoTime();
    Phase phase = Phase.WORKING;
    String word = "";
    String detail = "";
    long ended;
    final Deque<String> tail = new ArrayDeque<>();

    Item(String kind, String name) {
      this.kind = kind;
      this.name = name;
    }
  }

  public LiveProgress(Output out, Style style, IntSupplier columns, IntSupplier rows) {
    this.out = out;
    this.style = style;
    this.columns = columns;
    this.rows = rows;
    drawer = Thread.ofPlatform().name("progress").daemon().stackSize(128 * 1024).start(this::drawOnAndOn);
  }

  @Override
  public synchronized void step(String kind, String name, Phase phase, String word, String detail) {
    Item item = items.computeIfAbsent(kind + " " + name, k -> new Item(kind, name));
    item.phase = phase;
    item.word = word;
    item.detail = detail;
    if (phase != Phase.WORKING) {
      item.ended = System.nanoTime();
      if (phase != Phase.FAILED) {
        item.tail.clear();
      }
    } else {
      item.ended = 0;
    }
    notifyAll();
  }

  @Override
  public synchronized void output(String kind, String name, String line) {
    Item item = items.computeIfAbsent(kind + " " + name, k -> new Item(kind, name));
    item.tail.addLast(PlainProgress.safe(line));
    if (item.tail.size() > TAIL_LINES) {
      item.tail.removeFirst();
    }
  }

  @Override
  public synchronized void warning(String text) {
    above.add(style.yellow("warning: ") + Printable.line(text));
    notifyAll();
  }

  private synchronized void drawOnAndOn() {
    while (!closed) {
      draw();
      try {
        wait(FRAME_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
      frame++;
    }
  }

  private void draw() {
    StringBuilder picture = new StringBuilder();
    if (drawn > 0) {
      picture.append("\033[").append(drawn).append("A\r\033[J");
    }
    above.forEach(line -> picture.append(line).append("\n"));
    above.clear();
    List<String> lines = lines();
    int room = Math.max(3, rows.getAsInt() - 2);
    int first = closed ? 0 : Math.max(0, lines.size() - room);
    for (String line : lines.subList(first, lines.size())) {
      picture.append(line).append("\n");
    }
    drawn = lines.size() - first;
    try {
      out.print(picture.toString());
    } catch (Output.ClosedException e) {
      closed = true;
    }
  }

  private List<String> lines() {
    List<String> lines = new ArrayList<>();
    int width = Math.max(40, columns.getAsInt());
    int kindWidth = items.values().stream().mapToInt(i -> i.kind.length() + 1 + i.name.length()).max().orElse(0);
    for (Item item : items.values()) {
      lines.add(line(item, Math.min(kindWidth, width / 2), width));
      if (item.phase == Phase.WORKING || item.phase == Phase.FAILED) {
        item.tail.forEach(text -> lines.add(style.dim("     " + cut(text, width - 6))));
      }
    }
    return lines;
  }

  private String line(Item item, int nameWidth, int width) {
    String symbol =
        switch (item.phase) {
          case WORKING -> style.blue(SPINNER[frame % SPINNER.length]);
          case DONE -> style.green("✔");
          case WARNING -> style.yellow("!");
          case FAILED -> style.red("✘");
        };
    String name = cut(item.kind + " " + Printable.line(item.name), nameWidth);
    double seconds = ((item.ended == 0 ? System.nanoTime() : item.ended) - item.begun) / 1e9;
    String time = String.format(Locale.ROOT, "%.1fs", seconds);
    int room = width - nameWidth - 6 - time.length();
    String text = item.detail.isEmpty() ? item.word : item.word + "  " + Printable.line(item.detail);
    String shown = cut(text, Math.max(8, room));
    String padded = shown + " ".repeat(Math.max(1, room - shown.length()));
    String coloured =
        switch (item.phase) {
          case WORKING -> padded;
          case DONE -> style.green(padded);
          case WARNING -> style.yellow(padded);
          case FAILED -> style.red(padded);
        };
    return " " + symbol + " " + name + " ".repeat(nameWidth - name.length()) + "  " + coloured + style.dim(time);
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(1, width - 1)) + "…";
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      draw();
      notifyAll();
    }
    try {
      drawer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
