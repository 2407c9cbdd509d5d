package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import java.io.IOException;

/** Takes members in order, a directory before what is in it. */
interface Sink {
  /** The bytes of a member that is a regular file. */
  @FunctionalInterface
  interface Content {
    /** Reads some bytes; −1 at the end. */
    int read(byte[] buffer) throws IOException;

    /** Passes over the hole that comes next, if one does, and returns how many zeros it would be read as. */
    default long hole() {
      return 0;
    }
  }

  Content NONE = buffer -> -1;

  /**
   * @param entry its name is relative, without dots; {@code .} is the place itself
   * @param content of as many bytes as the entry says, or, of a file that changes meanwhile, others
   */
  void put(TarEntry entry, Content content) throws IOException;

  /** After the last member. */
  void finish() throws IOException;
}
