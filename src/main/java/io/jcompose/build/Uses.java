package io.jcompose.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * How often a file of the build cache was used, and when last, told by the file itself: each use adds
 * a line feed to its end, which its reader does not mind.
 *
 * @param created when the file was
 */
record Uses(Instant created, Instant last, int count) {
  private static final System.Logger LOG = System.getLogger(Uses.class.getName());
  private static final byte[] ONE = {'\n'};

  /**
   * Notes a use. Of a file that has gone meanwhile there is nothing to note, and what can't be noted,
   * as on a full disk, is no hindrance for a build that has all it needs.
   */
  static void note(Path file) {
    try {
      Files.write(file, ONE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a use of the build cache could not be noted: {0}", e.toString());
    }
  }

  /** What {@code file}, which holds {@code content}, tells. */
  static Uses of(Path file, byte[] content) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    int count = 0;
    while (count < content.length && content[content.length - 1 - count] == '\n') {
      count++;
    }
    return new Uses(attributes.creationTime().toInstant(), attributes.lastModifiedTime().toInstant(), count);
  }
}
