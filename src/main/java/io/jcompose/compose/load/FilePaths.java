package io.jcompose.compose.load;

import java.nio.file.Path;

/** Paths as text: cleaned and made absolute the way the reference does. */
final class FilePaths {

  private FilePaths() {}

  /**
   * The shortest equivalent: without {@code .}, doubled slashes and, where possible, {@code ..}.
   */
  static String clean(String path) {
    boolean absolute = path.startsWith("/");
    StringBuilder out = new StringBuilder(path.length());
    int parts = 0;
    for (String part : path.split("/")) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..")) {
        if (parts > 0) {
          out.setLength(out.lastIndexOf("/"));
          parts--;
          continue;
        }
        if (absolute) {
          continue;
        }
        out.append("/..");
        continue;
      }
      out.append('/').append(part);
      parts++;
    }
    if (absolute) {
      return out.isEmpty() ? "/" : out.toString();
    }
    return out.isEmpty() ? "." : out.substring(1);
  }

  /** An absolute path as it is, another one below the directory, cleaned. */
  static String absolute(Path directory, String path) {
    return path.startsWith("/") ? path : clean(directory + "/" + path);
  }
}
