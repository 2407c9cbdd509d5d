package io.jcompose.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The bytes of stdout and stderr in a log file of a keeper. */
final class LogText {
  private LogText() {}

  static String read(Path file) throws IOException {
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    StringBuilder text = new StringBuilder();
    while (log.hasRemaining()) {
      log.getShort();
      int stream = log.get();
      log.get();
      byte[] payload = new byte[log.getInt()];
      log.getLong();
      log.get(payload);
      if (stream < 3) {
        text.append(new String(payload, StandardCharsets.UTF_8));
      }
    }
    return text.toString();
  }
}
