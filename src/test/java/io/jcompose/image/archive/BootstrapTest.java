package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Cancellation;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapTest {
  private static final ImageReference BUSYBOX = ImageReference.parse("busybox");

  @TempDir Path root;

  private ImageStore store() {
    return ImageStore.open(root.resolve("images"), root.resolve("layers"));
  }

  @Test
  void busyboxIsARootThatRuns() throws Exception {
    ImageStore store = store();
    List<String> progress = new ArrayList<>();
    Image image = new Bootstrap(store, Optional.empty()).make(BUSYBOX, progress::add);

    assertThat(progress).contains("making busybox:latest from busybox");
    assertThat(image.annotations()).containsEntry(Image.MADE_LOCALLY, "busybox-static");
    Path fs = store.layerDirs(image).getFirst();
    Process process =
        new ProcessBuilder("chroot", fs.toString(), "/bin/sh", "-c", "id -u nobody").start();
    assertThat(new String(process.getInputStream().readAllBytes())).isEqualTo("65534\n");
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void busyboxTwiceIsTheSameImage() {
    ImageStore store = store();
    Bootstrap bootstrap = new Bootstrap(store, Optional.empty());
    Image first = bootstrap.make(BUSYBOX, line -> {});
    Image second = bootstrap.make(BUSYBOX, line -> {});

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(store.list()).hasSize(1);
  }

  @Test
  void thatTimeIsAnInput() throws Exception {
    Image image = new Bootstrap(store(), Optional.empty(), Optional.of(1_700_000_000L)).make(BUSYBOX, line -> {});
    assertThat(image.config().created()).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(image.id()).isNotEqualTo(new Bootstrap(store(), Optional.empty()).make(BUSYBOX, line -> {}).id());
    assertThat(new Bootstrap(store(), Optional.empty(), Optional.of(1_700_000_000L)).make(BUSYBOX, line -> {}).id())
        .isEqualTo(image.id());
  }

  @Test
  void othersReadTheLayout() throws Exception {
    new Bootstrap(store(), Optional.empty()).make(BUSYBOX, line -> {});
    assertThat(
            run(
                "skopeo",
                "inspect",
                "oci:" + root.resolve("images") + ":docker.io/library/busybox:latest"))
        .contains("\"Architecture\"");
    Path bundle = root.resolve("bundle");
    run(
        "umoci",
        "unpack",
        "--image",
        root.resolve("images") + ":docker.io/library/busybox:latest",
        bundle.toString());
    assertThat(bundle.resolve("rootfs/bin/busybox")).isExecutable();
  }

  private static String run(String... argv) throws Exception {
    Process process = new ProcessBuilder(argv).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    Bootstrap bootstrap = new Bootstrap(store(), Optional.empty());
    assertThatThrownBy(() -> bootstrap.make(ImageReference.parse("mongo:7"), line -> {}))
        .isInstanceOf(ImageException.class)
        .hasMessage("can't bootstrap mongo:7: only debian:<suite>[-slim] and busybox can be");
    assertThatThrownBy(() -> bootstrap.make(ImageReference.parse("debian:--help"), line -> {}))
        .isInstanceOf(ImageException.class);
  }

  @Test
  void readsBothFormatsOfAptSources() throws Exception {
    Path apt = Files.createDirectories(root.resolve("apt/sources.list.d")).getParent();
    Files.writeString(
        apt.resolve("sources.list"),
        "# deb http://commented/debian x main\n"
            + "deb [arch=amd64] http://one.test/debian bookworm main\n");
    Files.writeString(
        apt.resolve("sources.list.d/a.sources"),
        "Types: deb\n# note\nURIs: http://two.test/debian-security/\nSuites: bookworm-security\n"
            + "Components:\n main contrib\n");
    AptSources sources = AptSources.read(apt);

    assertThat(sources.main()).contains("http://one.test/debian");
    assertThat(sources.security()).contains("http://two.test/debian-security/");
  }

  /** Cancelled as soon as mmdebstrap says its first word; its processes and files go at once. */
  @Test
  void aCancelledBootstrapLeavesNothing() throws Exception {
    ImageStore store = store();
    CountDownLatch speaks = new CountDownLatch(2);
    List<Runnable> cancels = new CopyOnWriteArrayList<>();
    Cancellation cancellation =
        action -> {
          cancels.add(action);
          return () -> cancels.remove(action);
        };
    CompletableFuture<Image> making =
        CompletableFuture.supplyAsync(
            () ->
                new Bootstrap(store, Optional.empty())
                    .make(
                        ImageReference.parse("debian:bookworm-slim"),
                        line -> speaks.countDown(),
                        cancellation));
    speaks.await();
    cancels.forEach(Runnable::run);

    assertThatThrownBy(making::join).hasRootCauseInstanceOf(CancellationException.class);
    assertThat(store.list()).isEmpty();
    assertThat(root.resolve("layers/tmp")).isEmptyDirectory();
    assertThat(root.resolve("images/tmp")).isEmptyDirectory();
    assertThat(ProcessHandle.current().descendants().map(p -> p.info().command().orElse("")))
        .noneMatch(command -> command.contains("perl") || command.contains("unshare"));
  }

  @Test
  void aProgressListenerThatThrowsEndsTheBootstrap() {
    Bootstrap bootstrap = new Bootstrap(store(), Optional.empty());
    List<String> lines = new CopyOnWriteArrayList<>();
    assertThatThrownBy(
            () ->
                bootstrap.make(
                    ImageReference.parse("debian:bookworm-slim"),
                    line -> {
                      lines.add(line);
                      if (lines.size() > 1) {
                        throw new CancellationException("enough");
                      }
                    }))
        .isInstanceOf(CancellationException.class)
        .hasMessage("enough");
  }
}
