package io.jcompose.engine.copy;

import java.nio.charset.StandardCharsets;

/**
 * A path as a caller wrote it: what its end says is kept, a plain path is not.
 *
 * @param text without slashes and dots at its end; empty: the root
 * @param directory it ended with a slash, so it has to be a directory
 * @param contents it ended with {@code /.}: what is in the directory is meant, not the directory
 */
record CopyPath(String text, boolean directory, boolean contents) {
  static CopyPath of(String written) {
    boolean contents = written.equals(".") || written.endsWith("/.") || written.matches("/*");
    boolean directory = contents || written.endsWith("/");
    String text = written;
    while (text.endsWith("/") || text.endsWith("/.")) {
      text = text.substring(0, text.lastIndexOf('/'));
    }
    return new CopyPath(text, directory, contents);
  }

  byte[] bytes() {
    return (text.isEmpty() ? "/" : text).getBytes(StandardCharsets.UTF_8);
  }

  /** What a copy of it is called in a directory that is there. */
  byte[] name() {
    String name = contents ? "." : text.substring(text.lastIndexOf('/') + 1);
    return name.getBytes(StandardCharsets.UTF_8);
  }
}
