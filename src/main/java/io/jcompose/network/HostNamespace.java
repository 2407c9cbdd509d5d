package io.jcompose.network;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Namespaces;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadFactory;

/**
 * The network namespace that bridges and published ports live in: the process's own, or a given
 * one.
 */
final class HostNamespace {
  private final Optional<Fd> other;

  HostNamespace(Optional<Fd> other) {
    this.other = other;
  }

  <T> T call(Callable<T> work) {
    if (other.isPresent()) {
      return Namespaces.inNetwork(other.get(), work);
    }
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes threads that live in the namespace. */
  ThreadFactory threads(String name) {
    return work -> Thread.ofPlatform().name(name).daemon().unstarted(() -> run(work));
  }

  void run(Runnable work) {
    call(
        () -> {
          work.run();
          return true;
        });
  }
}
