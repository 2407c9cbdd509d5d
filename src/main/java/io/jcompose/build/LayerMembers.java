package io.jcompose.build;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.linux.Fd;
import java.io.IOException;
import java.util.function.Supplier;

/** Takes the members of a layer in their order. */
interface LayerMembers {
  /** A member without content. */
  void add(TarEntry entry) throws IOException;

  /**
   * A file.
   *
   * @param path of the file in the tree that the members are of
   * @param content opens it at its beginning, once, for whoever has to read it, and closes it then
   */
  void add(TarEntry entry, String path, Supplier<Fd> content) throws IOException;
}
