package io.jcompose.cli;

import io.jcompose.cli.render.LogPrinter;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.FollowedOutput;
import io.jcompose.engine.FollowedPlace;
import io.jcompose.engine.log.ContainerLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Shows followed lines so that the next engine can go on right behind the last one that was shown: each batch goes out
 * with the place that it leads to. What is kept: under the key {@value #NAMES} the names in front of lines, by which
 * columns and colours stay; from {@value #FIRST_PLACE} on a container each, as "id shown place", where {@code shown}
 * bytes of the line after the place are out already.
 */
final class ResumableLog implements FollowedOutput {
  /** Of the command itself. */
  static final int COMMAND = 0;

  /** Of the first container; those of others are above it. */
  static final int FIRST_PLACE = 2;

  private static final int NAMES = 1;
  private static final int BATCH = 32 * 1024;
  private static final int LONGEST_NAMES = 16 * 1024;
  private static final byte[] NOTHING = new byte[0];

  private final Continuation continuation;
  private final Outlet outlet;
  private final Map<String, Kept> kept = new HashMap<>();
  private int nextKey = FIRST_PLACE;
  private int namesKept;

  /** Which descriptor a line is for, and how it is printed there. */
  interface Outlet {
    /** 1 or 2; 0: the line is not shown. */
    int descriptor(ContainerLine line);

    LogPrinter printer(int descriptor);
  }

  /** A container's place, and how much of the line after it has been shown. */
  private record Kept(int key, int shown, Optional<FollowedPlace> place) {}

  ResumableLog(Continuation continuation, Outlet outlet) {
    this.continuation = continuation;
    this.outlet = outlet;
    continuation.kept().forEach(this::take);
  }

  /** All that is printed on one descriptor. */
  static ResumableLog on(Continuation continuation, LogPrinter printer) {
    return new ResumableLog(
        continuation,
        new Outlet() {
          @Override
          public int descriptor(ContainerLine line) {
            return 1;
          }

          @Override
          public LogPrinter printer(int descriptor) {
            return printer;
          }
        });
  }

  private void take(int key, String part) {
    if (key == NAMES) {
      outlet.printer(1).announce(List.of(part.split("\n")));
    } else if (key >= FIRST_PLACE) {
      String[] fields = part.split(" ", 3);
      kept.put(fields[0], new Kept(key, Integer.parseInt(fields[1]), Optional.of(FollowedPlace.parse(fields[2]))));
      nextKey = Math.max(nextKey, key + 1);
    }
  }

  @Override
  public synchronized Optional<FollowedPlace> left(String container) {
    return Optional.ofNullable(kept.get(container)).flatMap(Kept::place);
  }

  @Override
  public synchronized Lines of(String container) {
    Kept known = kept.computeIfAbsent(container, id -> new Kept(nextKey++, 0, Optional.empty()));
    // Only the first to follow it goes on where another engine stopped.
    kept.put(container, new Kept(known.key(), 0, Optional.empty()));
    return new Batch(container, known);
  }

  @Override
  public synchronized void forget(String container) {
    Kept known = kept.remove(container);
    if (known != null) {
      continuation.show(0, NOTHING, 0, known.key(), "");
    }
  }

  private synchronized void keepNames() {
    List<String> names = outlet.printer(1).names();
    String text = String.join("\n", names);
    if (names.size() > namesKept && text.length() <= LONGEST_NAMES) {
      namesKept = names.size();
      continuation.show(0, NOTHING, 0, NAMES, text);
    }
  }

  /** Lines of one container that have not been shown yet. */
  private final class Batch implements Lines {
    private final String container;
    private final int key;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int descriptor;
    private int alreadyShown;
    private Optional<FollowedPlace> place;
    private boolean placeKept;

    Batch(String container, Kept known) {
      this.container = container;
      this.key = known.key();
      this.alreadyShown = known.shown();
      this.place = known.place();
      this.placeKept = known.place().isPresent();
    }

    @Override
    public void line(ContainerLine line, Supplier<FollowedPlace> after) {
      int to = outlet.descriptor(line);
      if (to == 0) {
        return;
      }
      if (to != descriptor) {
        flush();
        descriptor = to;
      }
      int before = bytes.size();
      outlet.printer(to).format(line, bytes);
      if (alreadyShown > 0 || bytes.size() > BATCH) {
        splitOff(before);
      }
      place = Optional.of(after.get());
      if (bytes.size() >= BATCH / 2) {
        flush();
      }
    }

    /** The last line is out in part, or is too much for what is left of the batch: it goes by itself, piece by piece. */
    private void splitOff(int before) {
      byte[] all = bytes.toByteArray();
      byte[] last = Arrays.copyOfRange(all, before, all.length);
      bytes.reset();
      bytes.write(all, 0, before);
      flush();
      int at = Math.min(alreadyShown, last.length);
      alreadyShown = 0;
      for (; last.length - at > BATCH; at += BATCH) {
        continuation.show(descriptor, Arrays.copyOfRange(last, at, at + BATCH), BATCH, key, part(at + BATCH));
      }
      bytes.write(last, at, last.length - at);
    }

    @Override
    public void pause(FollowedPlace at) {
      place = Optional.of(at);
      if (bytes.size() > 0 || !placeKept) {
        flush();
      }
    }

    private void flush() {
      if (place.isEmpty()) {
        return;
      }
      keepNames();
      continuation.show(descriptor, bytes.toByteArray(), bytes.size(), key, part(alreadyShown));
      bytes.reset();
      placeKept = true;
    }

    private String part(int shown) {
      return container + " " + shown + " " + place.orElse(FollowedPlace.BEGINNING);
    }
  }
}
