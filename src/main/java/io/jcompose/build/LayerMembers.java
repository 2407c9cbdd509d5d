package io.jcompose.build;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.linux.Fd;
import java.io.IOException;

/** Takes the members of a layer in their order. */
interface LayerMembers {
  /** A member without content. */
  void add(TarEntry entry) throws IOException;

  /**
   * A file.
   *
   * @param path of the file in the tree that the members are of
   * @param content open at its beginning; the caller's
   */
  void add(TarEntry entry, String path, Fd content) throws IOException;
}
