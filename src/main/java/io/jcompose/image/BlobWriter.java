package io.jcompose.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A blob that is being written. Nobody sees it before {@link #commit}; closed without, it is gone.
 */
public final class BlobWriter extends OutputStream {
  private final BlobStore store;
  private final Optional<Descriptor> expected;
  private final Path file;
  private final OutputStream out;
  private final PipelinedHash hash;
  private long size;
  private boolean committed;

  BlobWriter(BlobStore store, Path unfinished, Optional<Descriptor> expected) {
    this.store = store;
    this.expected = expected;
    this.hash = new PipelinedHash();
    try {
      file = Files.createTempFile(unfinished, "blob", "");
      // Not truncated, which it need not be: ext4 writes what was truncated to the disk when it is closed.
      out = Files.newOutputStream(file, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw ImageException.io("storing a blob", e);
    }
  }

  /** Goes on with a file that has the bytes before {@code mark}; owns it and {@code out}. */
  BlobWriter(BlobStore store, Path file, OutputStream out, BlobMark mark) {
    this.store = store;
    this.expected = Optional.empty();
    this.file = file;
    this.out = out;
    this.hash = new PipelinedHash(mark.hash());
    this.size = mark.offset();
  }

  /** This place, from which another blob that begins with the same bytes can go on. */
  public BlobMark mark() {
    return new BlobMark(size, hash.state());
  }

  /** Bytes written so far: where a broken download goes on. */
  public long size() {
    return size;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] content, int offset, int length) throws IOException {
    if (expected.isPresent() && size + length > expected.get().size()) {
      throw new ImageException(
          "the blob "
              + expected.get().digest()
              + " is longer than the "
              + expected.get().size()
              + " bytes that it should have");
    }
    out.write(content, offset, length);
    hash.update(content, offset, length);
    size += length;
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  /** Checks the blob and makes it visible. A second call is an error. */
  public Descriptor commit(String mediaType) {
    try {
      out.close();
      Digest digest = hash.finish();
      if (expected.isPresent() && size != expected.get().size()) {
        throw new ImageException(
            "the blob "
                + expected.get().digest()
                + " ended after "
                + size
                + " of "
                + expected.get().size()
                + " bytes");
      }
      if (expected.isPresent() && !digest.equals(expected.get().digest())) {
        throw new ImageException(
            "the blob should be " + expected.get().digest() + ", but its content is " + digest);
      }
      store.finish(file, digest);
      committed = true;
      return new Descriptor(mediaType, digest, size);
    } catch (IOException e) {
      throw ImageException.io("storing a blob", e);
    }
  }

  @Override
  public void close() throws IOException {
    hash.close();
    out.close();
    if (!committed) {
      Files.deleteIfExists(file);
    }
  }
}
