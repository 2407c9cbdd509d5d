package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Digest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadsTest {
  private static final String URL = "http://example.org/f";
  @TempDir Path temp;

  /** A server whose answers are not the same twice, and which knows no ETag. */
  private static final class Changing implements RemoteFiles {
    final AtomicInteger asked = new AtomicInteger();
    final CountDownLatch firstAsked = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);

    @Override
    public Answer get(String url, Optional<String> etag, Optional<String> lastModified) {
      byte[] body = text(asked.incrementAndGet());
      firstAsked.countDown();
      try {
        assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return new Answer(false, new ByteArrayInputStream(body), java.util.OptionalLong.of(body.length), Optional.empty(), Optional.empty());
    }

    @Override
    public Map<String, String> environment() {
      return Map.of();
    }
  }

  private static byte[] text(int count) {
    return ("answer " + count).getBytes(StandardCharsets.UTF_8);
  }

  private Downloads.Fetched get(Downloads downloads, RemoteFiles remote, Optional<Digest> checksum, String name) {
    return downloads.get(URL, checksum, remote, Cancellation.NEVER, temp.resolve(name));
  }

  @Test
  void buildsThatWantOneUrlWaitForEachOtherAndHaveTheirOwnFiles() throws Exception {
    Downloads downloads = new Downloads(temp);
    Changing remote = new Changing();
    var first = CompletableFuture.supplyAsync(() -> get(downloads, remote, Optional.empty(), "a"), Thread::startVirtualThread);
    assertThat(remote.firstAsked.await(10, TimeUnit.SECONDS)).isTrue();
    var second = CompletableFuture.supplyAsync(() -> get(downloads, remote, Optional.empty(), "b"), Thread::startVirtualThread);
    remote.go.countDown();
    for (var each : java.util.List.of(first.get(), second.get())) {
      assertThat(Digest.of(Files.readAllBytes(each.file()))).isEqualTo(each.digest());
    }
    assertThat(Files.readAllBytes(first.get().file())).isEqualTo(text(1));
    assertThat(Files.readAllBytes(get(downloads, remote, Optional.of(Digest.of(text(2))), "c").file()))
        .as("the last answer is kept")
        .isEqualTo(text(2));
    assertThat(remote.asked).hasValue(2);
  }

  @Test
  void aBodyThatIsNotWhatItWasIsFetchedAgain() throws Exception {
    Downloads downloads = new Downloads(temp);
    Changing remote = new Changing();
    remote.go.countDown();
    Digest kept = get(downloads, remote, Optional.empty(), "a").digest();
    Files.writeString(temp.resolve("downloads").resolve(kept.hex()), "forged");
    assertThatThrownBy(() -> get(downloads, remote, Optional.of(kept), "b"))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("not " + kept);
    assertThat(remote.asked).hasValue(2);
  }

  @Test
  void clearingSparesWhatIsArriving() throws Exception {
    Downloads downloads = new Downloads(temp);
    Changing remote = new Changing();
    remote.go.countDown();
    get(downloads, remote, Optional.empty(), "a");
    Path arriving = Files.createFile(temp.resolve("downloads/new1"));
    downloads.clear();
    try (Stream<Path> left = Files.list(temp.resolve("downloads"))) {
      assertThat(left).containsExactly(arriving);
    }
  }
}
