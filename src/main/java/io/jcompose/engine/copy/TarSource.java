package io.jcompose.engine.copy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** Hands on the members of a tar archive, whose names are brought below the place that they are for. */
final class TarSource {
  private final TarReader tar;

  TarSource(InputStream in) {
    tar = new TarReader(in);
  }

  void each(Sink sink) throws IOException {
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      TarEntry named = entry.withName(relative(entry.name()));
      boolean hardLink = entry.type() == TarEntry.Type.HARD_LINK;
      TarEntry safe = hardLink ? named.withLink(relative(entry.linkName())) : named;
      sink.put(safe, content(entry));
    }
    sink.finish();
  }

  /** As {@link #each}, of an archive that must be whole: one that is cut off has an end like any other to {@code each}. */
  void eachOfAll(Sink sink) throws IOException {
    each(sink);
    if (!tar.endMarked()) {
      throw new EOFException("it ends without the mark that ends one");
    }
  }

  private static byte[] relative(byte[] name) {
    String text = new String(name, StandardCharsets.ISO_8859_1);
    Deque<String> parts = new ArrayDeque<>();
    for (String part : text.split("/")) {
      if (part.equals("..")) {
        throw new CopyException("the archive's member \"" + text + "\" leads out of its place");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return (parts.isEmpty() ? "." : String.join("/", parts)).getBytes(StandardCharsets.ISO_8859_1);
  }

  private Sink.Content content(TarEntry entry) {
    return entry.sparse().isEmpty() ? buffer -> tar.read(buffer, buffer.length) : new Sparse(entry);
  }

  /** The extents of a sparse file with the zeros between them. */
  private final class Sparse implements Sink.Content {
    private final TarEntry entry;
    private long at;
    private int extent;

    Sparse(TarEntry entry) {
      this.entry = entry;
    }

    @Override
    public int read(byte[] buffer) throws IOException {
      if (at >= entry.size()) {
        return -1;
      }
      boolean more = extent < entry.sparse().size();
      long dataFrom = more ? entry.sparse().get(extent).offset() : entry.size();
      if (at < dataFrom) {
        int zeros = (int) Math.min(buffer.length, dataFrom - at);
        Arrays.fill(buffer, 0, zeros, (byte) 0);
        at += zeros;
        return zeros;
      }
      long dataEnd = dataFrom + entry.sparse().get(extent).length();
      if (at == dataEnd) {
        extent++;
        return read(buffer);
      }
      int count = tar.read(buffer, (int) Math.min(buffer.length, dataEnd - at));
      at += count;
      return count;
    }
  }
}
