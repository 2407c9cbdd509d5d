package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CacheMountsTest {
  @TempDir Path temp;
  private CacheMounts caches;

  @BeforeEach
  void open() {
    caches = new CacheMounts(temp);
  }

  /** Tells when somebody listens, and is then requested by the test. */
  private static final class Switch implements Cancellation {
    final CountDownLatch listened = new CountDownLatch(1);
    private final AtomicReference<Runnable> action = new AtomicReference<>();
    private volatile boolean requested;

    @Override
    public boolean requested() {
      return requested;
    }

    @Override
    public Registration onRequest(Runnable wanted) {
      action.set(wanted);
      listened.countDown();
      return () -> {};
    }

    void request() {
      requested = true;
      action.get().run();
    }
  }

  private static RunMount mount(String text) {
    Instruction.Run run =
        (Instruction.Run)
            DockerfileParser.parse("Dockerfile", "FROM a\nRUN --mount=type=cache,target=/c," + text + " true\n")
                .stages().getFirst().instructions().getFirst();
    return RunMount.parse(run.mounts().getFirst(), 0, value -> value);
  }

  private CacheMounts.Taken take(String text) {
    return caches.take(mount(text), folder -> {}, Cancellation.NEVER);
  }

  private List<Path> folders() throws Exception {
    try (Stream<Path> entries = Files.list(temp.resolve("mounts"))) {
      return entries.toList();
    }
  }

  @Test
  void aCancelledBuildWaitsForNoLockedCache() throws Exception {
    Switch cancelled = new Switch();
    try (var held = take("id=l,sharing=locked"); var twice = take("id=l,sharing=locked")) {
      assertThat(twice.folder()).isEqualTo(held.folder());
      var waiting =
          CompletableFuture.supplyAsync(
              () -> caches.take(mount("id=l,sharing=locked"), folder -> {}, cancelled), Thread::startVirtualThread);
      assertThat(cancelled.listened.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(waiting).isNotDone();
      cancelled.request();
      assertThatThrownBy(() -> waiting.get(10, TimeUnit.SECONDS)).hasMessageContaining("cancelled");
    }
    var next = CompletableFuture.supplyAsync(() -> take("id=l,sharing=locked"), Thread::startVirtualThread);
    next.get(10, TimeUnit.SECONDS).close();
  }

  @Test
  void theFillingOfOneCacheHoldsUpNoOther() throws Exception {
    CountDownLatch filling = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var slow =
        CompletableFuture.supplyAsync(
            () ->
                caches.take(
                    mount("id=slow"),
                    folder -> {
                      filling.countDown();
                      try {
                        assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                      } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    },
                    Cancellation.NEVER),
            Thread::startVirtualThread);
    assertThat(filling.await(10, TimeUnit.SECONDS)).isTrue();
    take("id=other").close();
    go.countDown();
    slow.get(10, TimeUnit.SECONDS).close();
  }

  @Test
  void aCacheThatCanNotBeFilledIsGivenBack() throws Exception {
    RunMount mount = mount("id=l,sharing=locked");
    assertThatThrownBy(
            () ->
                caches.take(
                    mount,
                    folder -> {
                      throw new BuildException("no seed");
                    },
                    Cancellation.NEVER))
        .hasMessage("no seed");
    CompletableFuture.supplyAsync(() -> take("id=l,sharing=locked"), Thread::startVirtualThread).get(10, TimeUnit.SECONDS).close();
    assertThat(folders()).hasSize(1);
  }

  @Test
  void clearingSparesWhatIsInUse() throws Exception {
    take("id=old").close();
    try (var shared = take("id=s"); var own = take("id=p,sharing=private")) {
      caches.clear();
      assertThat(folders()).containsExactlyInAnyOrder(shared.folder(), own.folder());
    }
    caches.clear();
    assertThat(folders()).isEmpty();
  }
}
