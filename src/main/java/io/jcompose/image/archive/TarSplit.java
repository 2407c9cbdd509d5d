package io.jcompose.image.archive;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.ImageException;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Puts a layer's tar together again from its unpacked files and what Docker has kept of the rest:
 * {@code tar-split.json.gz}, JSON objects one after the other. Type 2 is a piece of the tar as it
 * was (headers and padding, base64), type 1 the content of a file ({@code name}, or {@code
 * name_raw} where it is not UTF-8).
 */
final class TarSplit {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FILE = 1;
  private static final int PIECE = 2;
  private static final int BUFFER = 1 << 17;

  private TarSplit() {}

  /**
   * @param split the compressed JSON
   * @param files the layer's unpacked files
   */
  static void assemble(Path split, Path files, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = new GZIPInputStream(Files.newInputStream(split), BUFFER);
        MappingIterator<JsonNode> entries = JSON.readerFor(JsonNode.class).readValues(in);
        Fd root = Fs.open(files.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      while (entries.hasNextValue()) {
        JsonNode entry = entries.nextValue();
        switch (entry.path("type").asInt()) {
          case PIECE -> out.write(entry.path("payload").binaryValue());
          case FILE -> {
            if (entry.path("size").asLong() > 0) {
              copy(root, name(entry), entry.path("size").asLong(), out, buffer);
            }
          }
          default -> throw new ImageException(split + " has an entry of an unknown type: " + entry.path("type"));
        }
      }
    }
  }

  private static byte[] name(JsonNode entry) throws IOException {
    return entry.hasNonNull("name_raw")
        ? entry.path("name_raw").binaryValue()
        : entry.path("name").asText().getBytes(StandardCharsets.UTF_8);
  }

  /** The name comes from a foreign tar: it leads nowhere but to a file below the root. */
  private static void copy(Fd root, byte[] name, long size, OutputStream out, byte[] buffer) throws IOException {
    byte[] path = withoutLead(name);
    long resolve = Fs.RESOLVE_BENEATH | Fs.RESOLVE_NO_SYMLINKS;
    try (Fd file = Fs.openat2(root, path, Fs.O_RDONLY | Fs.O_NOFOLLOW | Fs.O_NONBLOCK, 0, resolve)) {
      long left = size;
      while (left > 0) {
        int count = Fs.read(file, buffer);
        if (count <= 0 || count > left) {
          throw new ImageException("the file " + new String(name, StandardCharsets.UTF_8) + " of the layer has changed its size");
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    } catch (LinuxException e) {
      throw new ImageException(
          "the layer's file " + new String(name, StandardCharsets.UTF_8) + " can't be read: " + e.getMessage(), e);
    }
  }

  /** {@code ./a} and {@code /a} mean {@code a}. */
  private static byte[] withoutLead(byte[] name) {
    int at = 0;
    while (at < name.length && (name[at] == '/' || name[at] == '.' && at + 1 < name.length && name[at + 1] == '/')) {
      at++;
    }
    return java.util.Arrays.copyOfRange(name, at, name.length);
  }
}
