package io.jcompose.engine;

import java.nio.file.Path;

/**
 * A context that is an image of an OCI layout on the disk: {@code oci-layout://FOLDER[:TAG|@DIGEST]}.
 *
 * @param reference a tag or a digest; empty where none is given
 */
record LayoutContext(Path folder, String reference) {
  private static final String SCHEME = "oci-layout://";

  static boolean isOne(String source) {
    return source.startsWith(SCHEME);
  }

  static LayoutContext parse(String source) {
    String rest = source.substring(SCHEME.length());
    int at = rest.indexOf('@');
    int colon = rest.lastIndexOf(':');
    int end = at >= 0 ? at : colon > rest.lastIndexOf('/') ? colon : rest.length();
    if (end == 0) {
      throw new EngineException(source + ": write oci-layout://FOLDER:TAG");
    }
    return new LayoutContext(Path.of(rest.substring(0, end)), end == rest.length() ? "" : rest.substring(end + 1));
  }

  /** The same context where a relative folder is one of {@code directory}. */
  static String absolute(String source, Path directory) {
    if (!isOne(source)) {
      return source;
    }
    String rest = source.substring(SCHEME.length());
    return SCHEME + (rest.startsWith("/") ? rest : directory.resolve(rest).normalize());
  }
}
