package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is kept for later builds, by entries that can go one by one. */
class CacheEntriesTest extends BuildFixture {
  private static final String DOCKERFILE =
      "FROM busybox\nCOPY f /f\nRUN --mount=type=cache,target=/c,id=mine echo x > /c/x; echo made > /made\nWORKDIR /made-by-nobody\n";

  private CacheEntry entry(String description) {
    return builder.cacheEntries().stream()
        .filter(entry -> entry.description().contains(description))
        .reduce((a, b) -> {
          throw new AssertionError("two entries: " + a + ", " + b);
        })
        .orElseThrow();
  }

  @Test
  void eachUseIsCounted() throws Exception {
    Files.writeString(context.resolve("f"), "x");
    build(DOCKERFILE);
    assertThat(builder.cacheEntries())
        .extracting(CacheEntry::description)
        .containsExactlyInAnyOrder(
            "[stage-0 2/4] COPY f /f",
            "[stage-0 3/4] RUN --mount=type=cache,target=/c,id=mine echo x > /c/x; echo made > /made",
            "[stage-0 4/4] WORKDIR /made-by-nobody",
            "cached mount /c (id mine)");
    CacheEntry before = entry("COPY f /f");
    assertThat(before.uses()).isZero();
    build(DOCKERFILE);
    build(DOCKERFILE);
    CacheEntry after = entry("COPY f /f");
    assertThat(after.uses()).isEqualTo(2);
    assertThat(after.lastUsed()).isAfter(before.lastUsed());
    assertThat(after.id()).isEqualTo(before.id());
    assertThat(entry("cached mount").uses()).as("its step was spared").isEqualTo(1);
    assertThat(builder.cacheEntries().getLast()).as("what was used last comes first").isEqualTo(entry("cached mount"));
  }

  @Test
  void oneEntryGoesAndTheOthersStay() throws Exception {
    Files.writeString(context.resolve("f"), "x");
    build(DOCKERFILE);
    String run = entry("3/4] RUN").id();
    String mount = entry("cached mount").id();
    assertThat(builder.removeFromCache(Set.of(run, "nothing of this id"))).containsExactly(run);
    assertThat(builder.cacheEntries()).extracting(CacheEntry::id).hasSize(3).doesNotContain(run);
    build(DOCKERFILE);
    assertThat(events).filteredOn(event -> event.startsWith("done")).hasSize(1);
    assertThat(builder.removeFromCache(Set.of(mount))).containsExactly(mount);
    try (var left = Files.list(temp.resolve("build/mounts"))) {
      assertThat(left).isEmpty();
    }
    assertThat(entry("3/4] RUN").description()).isNotEmpty();
  }

  @Test
  void aFolderThatAStepHasStays() {
    AtomicReference<Set<String>> gone = new AtomicReference<>();
    BuildListener removing =
        new BuildListener() {
          @Override
          public void output(BuildStep step, String line) {
            gone.set(builder.removeFromCache(builder.cacheEntries().stream().map(CacheEntry::id).collect(Collectors.toSet())));
          }
        };
    builder.build(request("FROM busybox\nRUN --mount=type=cache,target=/c echo now; echo x > /c/x\n").withListener(removing));
    assertThat(gone.get()).isEmpty();
    assertThat(entry("cached mount /c").bytes()).isPositive();
  }

  @Test
  void whatWasFetchedIsNamedByItsAddress() throws Exception {
    Path served = Files.createDirectory(temp.resolve("served"));
    Files.writeString(served.resolve("tool"), "version 1");
    try (WebServer server = new WebServer(served)) {
      String dockerfile = "FROM scratch\nADD " + server.url().replace("//", "//ann:secret@") + "/tool /t\n";
      builder.build(request(dockerfile).withRemote(server));
      builder.build(request(dockerfile).withRemote(server));
      CacheEntry fetched =
          builder.cacheEntries().stream().filter(entry -> entry.kind() == CacheEntry.Kind.DOWNLOAD).findFirst().orElseThrow();
      assertThat(fetched.description()).isEqualTo(server.url() + "/tool");
      assertThat(fetched.bytes()).isEqualTo(9);
      assertThat(fetched.uses()).isEqualTo(1);
      assertThat(builder.removeFromCache(Set.of(fetched.id()))).hasSize(1);
      server.requests.clear();
      builder.build(request(dockerfile).withRemote(server));
      assertThat(server.requests).containsExactly("200 /tool");
    }
  }
}
