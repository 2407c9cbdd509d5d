package io.jcompose.engine;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Where a command's standard output or standard error goes. Thread-safe; each write is whole. */
public interface Output {
  /** Writes all bytes; throws {@link ClosedException} when nobody reads any more. */
  void write(byte[] bytes, int offset, int length);

  /** True when a person sees it: colours and cursor movement are welcome. */
  boolean terminal();

  default void write(byte[] bytes) {
    write(bytes, 0, bytes.length);
  }

  default void print(String text) {
    write(text.getBytes(StandardCharsets.UTF_8));
  }

  default void println(String line) {
    print(line + "\n");
  }

  /** The same as a stream; closing it does nothing. */
  default OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int octet) {
        Output.this.write(new byte[] {(byte) octet});
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        Output.this.write(bytes, offset, length);
      }
    };
  }

  /** The reader is gone: a closed pipe, or a client that left. */
  final class ClosedException extends RuntimeException {
    public ClosedException() {
      super("the reader of this output is gone", null, false, false);
    }
  }
}
