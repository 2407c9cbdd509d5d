package io.jcompose.build;

import io.jcompose.linux.Fd;
import java.util.function.Function;

/** Keeps the folder open that was asked for last: the next file mostly lies in it, too. */
final class LastFolder implements AutoCloseable {
  private final Function<String, Fd> opening;
  private String path;
  private Fd dir;

  /**
   * @param opening opens the folder of that path; may find none, which is null
   */
  LastFolder(Function<String, Fd> opening) {
    this.opening = opening;
  }

  /** The folder, which stays this one's; null when there is none. */
  Fd at(String wanted) {
    if (dir == null || !wanted.equals(path)) {
      close();
      dir = opening.apply(wanted);
      path = wanted;
    }
    return dir;
  }

  /** Forgets it: the next one is opened anew. */
  @Override
  public void close() {
    if (dir != null) {
      dir.close();
      dir = null;
    }
  }
}
