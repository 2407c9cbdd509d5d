package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.image.Descriptor;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What comes from a cache elsewhere is for the build that names it, and for no other. */
class CacheImportTest extends BuildFixture {
  private static final String RANDOM = "RUN cat /proc/sys/kernel/random/uuid >";
  private static final String ONE = "FROM busybox\n" + RANDOM + "/one\n";
  private static final String STAGES =
      "FROM busybox AS made\n" + RANDOM + "/one\nFROM busybox\nCOPY --from=made /one /one\n";

  /** A cache that a builder with another root made; its layers are taken out of the store. */
  private class Elsewhere implements CacheImport {
    private final Map<Digest, byte[]> content = new HashMap<>();
    final List<Layer> brought = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    boolean reachable = true;
    private Image image;

    Elsewhere(String dockerfile) {
      CacheExport export = new CacheExport(true, cache -> image = cache);
      new Builder(store, runner, temp.resolve("elsewhere"))
          .use(request(dockerfile).withCacheExports(List.of(export)), built -> built);
      try {
        for (Layer layer : image.layers()) {
          Path blob = store.blobs().path(layer.blob().digest());
          content.put(layer.blob().digest(), Files.readAllBytes(blob));
          Files.delete(blob);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Image image() {
      return image;
    }

    @Override
    public void bring(Layer layer) {
      if (!reachable) {
        throw new ImageException("not reachable");
      }
      brought.add(layer);
      Descriptor put = store.blobs().put(content.get(layer.blob().digest()), MediaTypes.OCI_LAYER);
      assertThat(put.digest()).isEqualTo(layer.blob().digest());
    }

    @Override
    public void failed(String why) {
      failures.add(why);
    }
  }

  private Image build(String dockerfile, CacheImport from) {
    events.clear();
    return builder.build(request(dockerfile).withCacheImports(List.of(from)));
  }

  @Test
  void aStepIsTakenByTheBuildThatNamesTheCacheAlone() throws Exception {
    Elsewhere cache = new Elsewhere(ONE);
    Image foreign = build(ONE, cache);
    assertThat(events).contains("cached [stage-0 2/2] " + ONE.lines().toList().getLast());
    assertThat(cache.brought).hasSize(1);
    assertThat(Files.list(temp.resolve("build/steps"))).as("the own cache").isEmpty();
    Image own = build(ONE);
    assertThat(events).contains("done [stage-0 2/2] " + ONE.lines().toList().getLast());
    assertThat(file(own, "one")).isNotEqualTo(file(foreign, "one"));
    assertThat(file(build(ONE, cache), "one")).as("what was made here goes first").isEqualTo(file(own, "one"));
  }

  @Test
  void aStepOnTopIsKeptForTheSameFilesAlone() throws Exception {
    Elsewhere cache = new Elsewhere(ONE);
    String two = ONE + "RUN cat /one >/two\n";
    Image first = build(two, cache);
    assertThat(events).contains("done [stage-0 3/3] RUN cat /one >/two");
    assertThat(build(two, cache).id()).isEqualTo(first.id());
    assertThat(events).contains("cached [stage-0 3/3] RUN cat /one >/two");
    Image own = build(two);
    assertThat(events).contains("done [stage-0 3/3] RUN cat /one >/two");
    assertThat(file(own, "two")).isEqualTo(file(own, "one")).isNotEqualTo(file(first, "one"));
  }

  @Test
  void whatReadsFromAStageIsKeptForTheSameFilesAlone() throws Exception {
    String mounted =
        "FROM busybox AS made\n" + RANDOM + "/one\nFROM busybox\n"
            + "RUN --mount=type=bind,from=made,target=/made cp /made/one /one\n";
    for (String dockerfile : List.of(STAGES, mounted)) {
      Elsewhere cache = new Elsewhere(ONE);
      Image foreign = build(dockerfile, cache);
      Image again = build(dockerfile, cache);
      assertThat(again.id()).as("made once for the same cache").isEqualTo(foreign.id());
      Image own = build(dockerfile);
      assertThat(file(own, "one")).as(dockerfile).isNotEqualTo(file(foreign, "one"));
      builder.clearCache();
    }
  }

  @Test
  void onlyLayersOfStepsThatAreLackingAreFetched() throws Exception {
    Elsewhere cache = new Elsewhere(STAGES);
    Image image = build(STAGES, cache);
    assertThat(cache.brought).as("not that of the stage, which nothing needs").hasSize(1);
    Image own = build(ONE);
    assertThat(build(ONE, cache).id()).isEqualTo(own.id());
    assertThat(cache.brought).as("what is here").hasSize(1);
    assertThat(file(image, "one")).isNotEqualTo(file(own, "one"));
  }

  @Test
  void aCacheWhoseLayersCanNotBeHadIsNoHindrance() {
    Elsewhere cache = new Elsewhere(ONE + RANDOM + "/two\n");
    cache.reachable = false;
    build(ONE + RANDOM + "/two\n", cache);
    assertThat(events).filteredOn(event -> event.startsWith("done")).hasSize(2);
    assertThat(cache.failures).containsExactly("not reachable");
  }

  /** What another machine made of the same files is known by their content, but is no more its own for that. */
  @Test
  @Tag("BLD-4")
  void aStepThatIsKnownByItsFilesIsForThatBuildAlone() throws Exception {
    Elsewhere cache = new Elsewhere("FROM busybox AS made\nRUN echo x >/f\nFROM busybox\nCOPY --from=made /f /g\n");
    String other = "FROM busybox AS made\nRUN echo x >/f; true\nFROM busybox\nCOPY --from=made /f /g\n";
    assertThat(file(build(other, cache), "g")).isEqualTo("x\n");
    assertThat(cache.brought).hasSize(1);
    assertThat(events).contains("done [made 2/2] RUN echo x >/f; true");
    events.clear();
    builder.build(request(other));
    assertThat(events).contains("cached [made 2/2] RUN echo x >/f; true", "done [stage-1 2/2] COPY --from=made /f /g");
  }

  @Test
  @Tag("IMG-5")
  void aLayerThatIsNotWhatItsImageSaysIsNotTaken() throws Exception {
    Elsewhere cache =
        new Elsewhere(ONE) {
          @Override
          public Image image() {
            Image all = super.image();
            Digest said = Digest.of(new byte[] {1});
            List<Layer> forged = all.layers().stream().map(layer -> new Layer(said, said, layer.blob())).toList();
            return new Image(all.id(), all.manifest(), all.config(), forged, all.annotations());
          }
        };
    build(ONE, cache);
    assertThat(events).contains("done [stage-0 2/2] " + ONE.lines().toList().getLast());
    assertThat(cache.failures).singleElement().asString().startsWith("the layer should be sha256:").contains("but its content is");
  }

  @Test
  void whatWasTakenTravelsOn() {
    Elsewhere cache = new Elsewhere(STAGES);
    List<Map<String, BuildCache.Result>> handed = new ArrayList<>();
    CacheExport export = new CacheExport(true, image -> handed.add(CacheRecords.of(image).results()));
    builder.build(request(STAGES).withCacheImports(List.of(cache)).withCacheExports(List.of(export)));
    assertThat(handed.getFirst().keySet()).isEqualTo(CacheRecords.of(cache.image()).results().keySet());
  }
}
