package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.CancelledException;
import io.jcompose.engine.Output;
import io.jcompose.engine.Watch;
import java.util.Optional;

/** A watch beside something else that the command does; closing it ends it and waits for its end. */
final class Watching implements AutoCloseable {
  private final CommandContext context;
  private final Cancellation end = new Cancellation();
  private final Optional<Thread> thread;

  /**
   * @param watch empty: nothing is watched
   */
  Watching(Optional<Watch> watch, CommandContext context) {
    this.context = context;
    thread = watch.map(w -> Thread.ofPlatform().name("up-watch").daemon().start(() -> run(w)));
  }

  private void run(Watch watch) {
    try (Cancellation.Registration interrupts = context.invocation().cancellation().onRequest(end::request)) {
      watch.run(end);
    } catch (CancelledException | Output.ClosedException e) {
      return; // the command ends, and what it says then is not said here
    } catch (RuntimeException e) {
      context.err().println("the watch has ended: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    end.request();
    try {
      if (thread.isPresent()) {
        thread.get().join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
