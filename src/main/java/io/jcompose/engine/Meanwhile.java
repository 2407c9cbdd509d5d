package io.jcompose.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What another thread makes meanwhile. */
final class Meanwhile<T> {
  private final CompletableFuture<T> made;

  private Meanwhile(CompletableFuture<T> made) {
    this.made = made;
  }

  static <T> Meanwhile<T> begin(Executor thread, Supplier<T> work) {
    return new Meanwhile<>(CompletableFuture.supplyAsync(work, thread));
  }

  /** Waits for it; throws what the work threw. */
  T get() {
    try {
      return made.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  /** Waits for it, and has it unmade if it was made. */
  void undo(Consumer<T> unmake) {
    T there;
    try {
      there = made.join();
    } catch (CompletionException e) {
      return; // whoever needed it was told, or does not need it any more
    }
    unmake.accept(there);
  }
}
