package io.jcompose.engine;

/**
 * Where an operation says how it gets on. Implementations are called from several threads, must not block
 * for long and must not throw.
 */
public interface Progress {
  /** How far something is. */
  enum Phase {
    WORKING,
    DONE,
    WARNING,
    FAILED
  }

  /**
   * Something has come further.
   *
   * @param kind Network, Volume, Container, Image
   * @param word what happens or has happened: Creating, Created, Recreated, Started, Healthy, Pulling
   * @param detail more for a person: a cause, an amount; may be empty
   */
  void step(String kind, String name, Phase phase, String word, String detail);

  /** A line of output of a build step or another tool, below the thing that it belongs to. */
  void output(String kind, String name, String line);

  /** Something the user should know that stops nothing. */
  void warning(String text);

  /** Listens to nothing. */
  Progress NONE =
      new Progress() {
        @Override
        public void step(String kind, String name, Phase phase, String word, String detail) {}

        @Override
        public void output(String kind, String name, String line) {}

        @Override
        public void warning(String text) {}
      };
}
