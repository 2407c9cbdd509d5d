package io.jcompose.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a test wants to happen: one line in a file, {@code NAME:ACTION} or {@code NAME:ACTION:HIT}, where ACTION is
 * {@code kill}, {@code error}, {@code enospc}, {@code delay=MILLISECONDS} or {@code hold}, and HIT (1) counts from the
 * moment that the line was written. Who is held makes a file {@code NAME.held} and waits until somebody removes it. A fault happens once: the line is used up, so the engine that comes after one that was killed
 * goes on undisturbed. Every point that is reached is noted in the file {@code NAME.hits} beside it.
 */
final class FaultPlan {
  private static final int KILLED = 137;
  private static final long HELD_MILLIS = 5;
  private final Path file;
  private final Path hits;
  private final Path held;
  private String counted = "";
  private int count;

  FaultPlan(Path file) {
    this.file = file;
    this.hits = file.resolveSibling(file.getFileName() + ".hits");
    this.held = file.resolveSibling(file.getFileName() + ".held");
  }

  void reached(String name) {
    String action = dueAt(name);
    if (action.startsWith("delay=")) {
      // Not under the lock: others go on meanwhile, which is the point of it.
      pause(Long.parseLong(action.substring("delay=".length())));
      return;
    }
    if (action.equals("hold")) {
      hold();
      return;
    }
    switch (action) {
      case "" -> {}
      case "kill" -> Runtime.getRuntime().halt(KILLED);
      case "error" -> throw new FaultException("the test wants a failure at " + name);
      case "enospc" -> throw full();
      default -> throw new IllegalArgumentException(file + ": there is no fault \"" + action + "\"");
    }
  }

  private static UncheckedIOException full() {
    String message = "No space left on device";
    return new UncheckedIOException(message, new IOException(message));
  }

  /** What is to happen at this hit; "" for nothing. */
  private synchronized String dueAt(String name) {
    try {
      Files.writeString(hits, name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      String line = Files.readString(file).strip();
      if (!line.equals(counted)) {
        counted = line;
        count = 0;
      }
      String[] words = line.split(":");
      if (words.length < 2 || !words[0].equals(name)) {
        return "";
      }
      count++;
      if (words.length > 2 && count < Integer.parseInt(words[2])) {
        return "";
      }
      Files.delete(file);
      counted = "";
      return words[1];
    } catch (NoSuchFileException e) {
      counted = "";
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void hold() {
    try {
      Files.createFile(held);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    while (Files.exists(held)) {
      pause(HELD_MILLIS);
    }
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
