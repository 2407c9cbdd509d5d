package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A layer's tar that begins as the one of the same copy before: the bytes are those that a first build writes. */
final class LayerTarTest extends BuildFixture {
  private static final String DOCKERFILE = "FROM scratch\nCOPY d /d/\n";

  /** More than ten marks. */
  private static final int FILES = 80;

  private static final int LARGEST = 1_200_000;
  private final Random random = new Random(7);

  @BeforeEach
  void aFolderOfSeveralMarks() throws Exception {
    for (int i = 0; i < FILES; i++) {
      write(i, LARGEST / 2 + random.nextInt(LARGEST / 2));
    }
    Files.writeString(context.resolve("d/z"), "first");
    old();
  }

  private Path file(int i) {
    return context.resolve("d/" + i % 7 + "/file" + i);
  }

  private void write(int i, int size) throws Exception {
    byte[] content = new byte[size];
    random.nextBytes(content);
    Files.createDirectories(file(i).getParent());
    Files.write(file(i), content);
  }

  /** What is younger than a second is read again, and so not known to be the same. */
  private void old() throws Exception {
    sh(context, "find d -newermt 2024-05-07 | xargs -r touch -d 2024-05-06");
  }

  private static String layer(Image image) {
    return image.layers().getLast().diffId().hex();
  }

  private Path blob(Image image) {
    return store.blobs().path(image.layers().getLast().blob().digest());
  }

  private void assertBytes(Image image, String what) throws Exception {
    try (InputStream in = Files.newInputStream(blob(image));
        DigestInputStream hashed = new DigestInputStream(in, Digest.sha256())) {
      hashed.transferTo(java.io.OutputStream.nullOutputStream());
      assertThat(Digest.finish(hashed.getMessageDigest()).hex()).as("content after " + what).isEqualTo(layer(image));
    }
    assertThat(layer(anew(DOCKERFILE))).as("as a first build after " + what).isEqualTo(layer(image));
  }

  /** Even where nothing changed that a build asks for, such as the time of a folder. */
  private Image again() {
    return builder.build(request(DOCKERFILE).withNoCache(true));
  }

  private String edit() throws Exception {
    int i = random.nextInt(FILES);
    Path file = file(i);
    switch (random.nextInt(7)) {
      case 0 -> write(i, 1 + random.nextInt(LARGEST));
      case 1 -> Files.deleteIfExists(file);
      case 2 -> sh(context, "touch -c -d 2024-05-0" + (1 + random.nextInt(5)) + " " + file(i).getParent());
      case 3 -> write(FILES + random.nextInt(20), 3);
      case 4 -> sh(context, "f=" + file + "; [ ! -e $f ] || chmod 7" + random.nextInt(8) + "5 $f");
      case 5 -> sh(context, "f=" + file + "; [ ! -e $f ] || ln -f $f $f.twin");
      default -> sh(context, "rm -rf d/0; ln -sfn target" + random.nextInt() + " d/link");
    }
    old();
    return "an edit of " + context.relativize(file);
  }

  @Test
  void afterAnyEditTheBytesAreThoseOfAFirstBuild() throws Exception {
    assertBytes(build(DOCKERFILE), "nothing");
    for (int i = 0; i < 12; i++) {
      String what = edit();
      assertBytes(again(), i + ": " + what);
    }
  }

  @Test
  void whatIsTheSameIsCopiedFromTheFormerBlob() throws Exception {
    Image first = build(DOCKERFILE);
    try (FileChannel tar = FileChannel.open(blob(first), StandardOpenOption.WRITE)) {
      tar.write(ByteBuffer.wrap("planted".getBytes()), 5000);
    }
    Files.writeString(context.resolve("d/z"), "another");
    Image second = build(DOCKERFILE);
    try (FileChannel tar = FileChannel.open(blob(second))) {
      ByteBuffer there = ByteBuffer.allocate(7);
      tar.read(there, 5000);
      assertThat(new String(there.array())).isEqualTo("planted");
    }
    Files.writeString(context.resolve("d/0/before"), "in front of the first mark");
    assertBytes(build(DOCKERFILE), "a change at the beginning");
  }

  @Test
  void aFormerBlobThatIsDamagedIsNotNeeded() throws Exception {
    Image first = build(DOCKERFILE);
    try (FileChannel tar = FileChannel.open(blob(first), StandardOpenOption.WRITE)) {
      tar.truncate(1_000_000);
    }
    Files.writeString(context.resolve("d/z"), "another");
    assertBytes(build(DOCKERFILE), "the loss of most of the blob");
  }

  @Test
  void aFormerBlobThatIsGoneIsNotMissed() throws Exception {
    Image first = build(DOCKERFILE);
    Files.delete(blob(first));
    Files.writeString(context.resolve("d/z"), "another");
    assertBytes(build(DOCKERFILE), "the loss of the blob");
  }
}
