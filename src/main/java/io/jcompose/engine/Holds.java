package io.jcompose.engine;

/** Whoever still reads what a container that has ended wrote: while there is somebody, it does not go by itself. */
final class Holds {
  private final Runnable whenLast;
  private int count;

  /**
   * @param whenLast runs each time that the last hold is given up
   */
  Holds(Runnable whenLast) {
    this.whenLast = whenLast;
  }

  synchronized boolean none() {
    return count == 0;
  }

  synchronized Cancellation.Registration take() {
    count++;
    return this::give;
  }

  private void give() {
    boolean last;
    synchronized (this) {
      last = --count == 0;
    }
    if (last) {
      whenLast.run();
    }
  }
}
