package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Image;
import io.jcompose.linux.Trees;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a copy shares with the layer that the same copy came to before, and what it must not share. */
final class SharedFilesTest extends BuildFixture {
  @BeforeEach
  void aFolderWorthSharing() throws Exception {
    sh(
        context,
        """
        mkdir -p d/sub
        head -c 1100000 /dev/urandom >d/large
        echo a >d/a; echo b >d/sub/b; echo c >d/sub/c
        find d | xargs touch -d 2024-05-06
        """);
  }

  private long inode(Image image, String path) throws Exception {
    return (long) Files.getAttribute(store.layers().unpacked(image.layers().getLast().chainId()).resolve(path), "unix:ino");
  }

  private String layer(Image image) {
    return image.layers().getLast().diffId().hex();
  }

  @Test
  void whatDidNotChangeIsTheSameFile() throws Exception {
    String dockerfile = "FROM scratch\nCOPY d /d/\n";
    Image first = build(dockerfile);
    sh(context, "echo changed >d/a; touch -d 2024-05-07 d/sub/b; echo new >d/sub/new; rm d/sub/c; touch -d 2024-05-08 d d/sub");
    Image second = build(dockerfile);
    assertThat(inode(second, "d/large")).isEqualTo(inode(first, "d/large"));
    assertThat(inode(second, "d/a")).isNotEqualTo(inode(first, "d/a"));
    assertThat(inode(second, "d/sub/b")).as("its time is another").isNotEqualTo(inode(first, "d/sub/b"));
    assertThat(file(second, "d/a")).isEqualTo("changed\n");
    assertThat(file(first, "d/a")).isEqualTo("a\n");
    assertThat(exists(second, "d/sub/c")).isFalse();
    assertThat(layer(second)).as("byte for byte").isEqualTo(layer(anew(dockerfile)));
  }

  /** The former layer has a link where this copy has a folder's path: made through another link, by the copy itself. */
  @Test
  void aFolderThatTheFormerLayerHasAsALinkIsCopied() throws Exception {
    sh(context, "mkdir -p base/z d/x d/y; ln -s . base/x; ln -s z d/x/y; echo one >d/y/f");
    String dockerfile = "FROM scratch\nCOPY base/ /app/\nCOPY d/ /app/\n";
    build(dockerfile);
    sh(context, "echo two >d/a");
    Image second = build(dockerfile);
    assertThat(file(second, "app/z/f")).isEqualTo("one\n");
    assertThat(layer(second)).isEqualTo(layer(anew(dockerfile)));
  }

  @Test
  void aFileThatHasGotExtendedAttributesIsAnotherOne() throws Exception {
    String dockerfile = "FROM scratch\nCOPY d /d/\n";
    Image first = build(dockerfile);
    Files.getFileAttributeView(context.resolve("d/large"), UserDefinedFileAttributeView.class)
        .write("jcompose", ByteBuffer.wrap(new byte[] {1}));
    Image second = builder.build(request(dockerfile).withNoCache(true));
    assertThat(inode(second, "d/large")).isNotEqualTo(inode(first, "d/large"));
    assertThat(inode(second, "d/a")).isEqualTo(inode(first, "d/a"));
    assertThat(layer(second)).isEqualTo(layer(anew(dockerfile)));
  }

  @Test
  void whatLayersShareIsCountedOnce() throws Exception {
    Image first = build("FROM scratch\nCOPY d /d/\n");
    long one = store.sizes().parts(first).get(first.layers().getLast().chainId());
    sh(context, "echo changed >d/a");
    Image second = build("FROM scratch\nCOPY d /d/\n");
    long blobs = store.blobs().size(second.layers().getLast().blob().digest()).orElseThrow();
    long share = store.sizes().parts(second).get(second.layers().getLast().chainId()) - blobs;
    assertThat(one - blobs).as("two layers' files").isGreaterThan(1_100_000);
    assertThat(share).as("half of them").isBetween(550_000L, 600_000L);
    builder.clearCache();
    store.remove(first.id().toString(), true, id -> Optional.empty());
    assertThat(store.sizes().parts(second).get(second.layers().getLast().chainId()) - blobs).isEqualTo(one - blobs);
  }

  @Test
  void modeAndOwnerHaveToBeTheSame() throws Exception {
    Image first = build("FROM scratch\nCOPY d /d/\n");
    Image owned = build("FROM scratch\nCOPY --chown=1:2 d /d/\n");
    assertThat(inode(owned, "d/large")).isNotEqualTo(inode(first, "d/large"));
    assertThat(stat(owned, "d/large").uid()).isEqualTo(1);
    Image moded = build("FROM scratch\nCOPY --chown=1:2 --chmod=600 d /d/\n");
    assertThat(stat(moded, "d/large").permissions()).isEqualTo(0600);
    assertThat(stat(first, "d/large").uid()).isZero();
    assertThat(stat(first, "d/large").permissions()).isEqualTo(0644);
    sh(context, "chmod 755 d/large");
    Image run = build("FROM scratch\nCOPY --chown=1:2 d /d/\n");
    assertThat(stat(run, "d/large").permissions()).isEqualTo(0755);
  }

  @Test
  void filesBelowAreReplaced() throws Exception {
    String dockerfile = "FROM busybox\nRUN mkdir -p /d/sub && echo old >/d/large && echo old >/d/sub/b && echo kept >/d/kept\nCOPY d /d/\n";
    Image first = build(dockerfile);
    sh(context, "echo changed >d/a");
    Image second = build(dockerfile);
    assertThat(inode(second, "d/large")).isEqualTo(inode(first, "d/large"));
    assertThat(stat(second, "d/large").size()).isEqualTo(1_100_000);
    assertThat(file(second, "d/sub/b")).isEqualTo("b\n");
    assertThat(file(second, "d/kept")).isEqualTo("kept\n");
    assertThat(topLayer(second)).containsExactlyElementsOf(topLayer(first));
  }

  @Test
  void aWayThatLeadsThroughALinkIsNotShared() throws Exception {
    String dockerfile = "FROM busybox\nRUN mkdir -p /real && ln -s real /d\nCOPY d /d/\n";
    build(dockerfile);
    sh(context, "echo changed >d/a");
    Image second = build(dockerfile);
    assertThat(stat(second, "real/large").size()).isEqualTo(1_100_000);
    assertThat(file(second, "real/a")).isEqualTo("changed\n");
  }

  @Test
  void oneFileOfTwoNamesBecomesTwoFiles() throws Exception {
    String dockerfile = "FROM scratch\nCOPY d /d/\n";
    sh(context, "ln d/large d/twin");
    Image first = build(dockerfile);
    assertThat(inode(first, "d/large")).isEqualTo(inode(first, "d/twin"));
    sh(context, "cp -p d/twin t && mv t d/twin; echo other >d/a");
    Image second = build(dockerfile);
    assertThat(inode(second, "d/large")).isNotEqualTo(inode(second, "d/twin"));
    sh(context, "echo changed >d/a");
    Image third = build(dockerfile);
    assertThat(inode(third, "d/large")).isEqualTo(inode(second, "d/large"));
    assertThat(layer(third)).isEqualTo(layer(anew(dockerfile)));
  }

  @Test
  void aFormerLayerThatIsGoneOrDamagedInPartIsNoHindrance() throws Exception {
    String dockerfile = "FROM scratch\nCOPY d /d/\n";
    Image first = build(dockerfile);
    Files.delete(store.layers().unpacked(first.layers().getLast().chainId()).resolve("d/large"));
    sh(context, "echo changed >d/a");
    Image second = build(dockerfile);
    assertThat(stat(second, "d/large").size()).isEqualTo(1_100_000);
    Trees.delete(store.layers().unpacked(second.layers().getLast().chainId()));
    sh(context, "echo again >d/a");
    assertThat(file(build(dockerfile), "d/a")).isEqualTo("again\n");
  }
}
