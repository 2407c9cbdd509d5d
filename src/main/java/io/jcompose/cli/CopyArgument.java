package io.jcompose.cli;

/**
 * One side of a copy.
 *
 * @param owner the container or service; empty: the path is the caller's own
 * @param path {@code -} of the caller's own: its standard input or output
 */
record CopyArgument(String owner, String path) {
  /** A path that is absolute or begins with a dot is the caller's own, whatever colons are in it. */
  static CopyArgument parse(String text) {
    int colon = text.indexOf(':');
    if (text.startsWith("/") || text.startsWith(".") || colon <= 0) {
      return new CopyArgument("", text);
    }
    return new CopyArgument(text.substring(0, colon), text.substring(colon + 1));
  }

  boolean local() {
    return owner.isEmpty();
  }

  boolean stream() {
    return local() && path.equals("-");
  }

  @Override
  public String toString() {
    return local() ? path : owner + ":" + path;
  }
}
