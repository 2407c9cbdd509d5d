package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.archive.Bootstrap;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A builder with a store of its own that has the busybox image; RUN steps run in a chroot. */
abstract class BuildFixture {
  @TempDir Path temp;
  ImageStore store;
  ChrootStepRunner runner;
  Builder builder;
  Path context;
  final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void open() throws IOException {
    store = newStore(temp);
    runner = new ChrootStepRunner();
    builder = new Builder(store, runner, temp.resolve("build"));
    context = Files.createDirectory(temp.resolve("context"));
  }

  private static ImageStore newStore(Path folder) {
    ImageStore store = ImageStore.open(folder.resolve("images"), folder.resolve("layers"));
    new Bootstrap(store, Optional.empty()).make(ImageReference.parse("busybox"), line -> {});
    return store;
  }

  /** Whatever the build came to, no work area, unfinished blob or mount is left. */
  @AfterEach
  void nothingIsLeft() throws IOException {
    try (Stream<Path> areas = Files.list(temp.resolve("layers/tmp"));
        Stream<Path> blobs = Files.list(temp.resolve("images/tmp"))) {
      assertThat(areas).isEmpty();
      assertThat(blobs).isEmpty();
    }
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(temp.toString());
  }

  /** The image as a builder that remembers nothing makes it, in a store of its own. */
  Image anew(String dockerfile) throws IOException {
    Path folder = Files.createTempDirectory(temp, "anew");
    ImageStore other = newStore(folder);
    BuildRequest request = BuildRequest.of(context, reference -> other.find(reference).orElseThrow());
    return new Builder(other, runner, folder.resolve("build")).build(request.withInline(dockerfile));
  }

  BuildRequest request(String dockerfile) {
    return BuildRequest.of(
            context,
            reference ->
                store
                    .find(reference)
                    .orElseThrow(() -> new ImageException("no image " + reference.familiar())))
        .withInline(dockerfile)
        .withListener(
            new BuildListener() {
              @Override
              public void warning(String message) {
                events.add("warning " + message);
              }

              @Override
              public void cached(BuildStep step) {
                events.add("cached " + step.title());
              }

              @Override
              public void done(BuildStep step, long millis) {
                events.add("done " + step.title());
              }

              @Override
              public void output(BuildStep step, String line) {
                events.add("output " + line);
              }
            });
  }

  Image build(String dockerfile) {
    events.clear();
    return builder.build(request(dockerfile));
  }

  String file(Image image, String path) throws IOException {
    try (SourceTree tree =
        new SourceTree(new MergedRoots(store).open(image.layers()), IgnoreFile.NONE)) {
      try (var fd = tree.open(path, 0)) {
        byte[] buffer = new byte[4096];
        int n = io.jcompose.linux.Fs.read(fd, buffer);
        return new String(buffer, 0, n, StandardCharsets.UTF_8);
      }
    }
  }

  boolean exists(Image image, String path) {
    try (SourceTree tree =
        new SourceTree(new MergedRoots(store).open(image.layers()), IgnoreFile.NONE)) {
      return tree.find(path).isPresent();
    }
  }

  List<String> topLayer(Image image) throws Exception {
    Path blob = store.blobs().path(image.layers().getLast().blob().digest());
    Process tar = new ProcessBuilder("tar", "-tf", blob.toString()).start();
    return new String(tar.getInputStream().readAllBytes()).lines().toList();
  }

  Fs.Stat stat(Image image, String path) {
    try (SourceTree tree =
        new SourceTree(new MergedRoots(store).open(image.layers()), IgnoreFile.NONE)) {
      return tree.find(path).orElseThrow().stat();
    }
  }

  static void sh(Path folder, String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-ec", script).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  void assertNoFileHolds(String text) throws Exception {
    Process grep = new ProcessBuilder("grep", "-rl", text, temp.toString()).start();
    assertThat(new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
  }
}
