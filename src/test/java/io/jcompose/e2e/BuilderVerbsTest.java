package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code builder} and {@code buildx}, as people know them from Docker. */
class BuilderVerbsTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static Result run(Path folder, String... arguments) {
    return engine.start(folder, Map.of(), List.of(arguments)).closeInput().end();
  }

  @Test
  void whatBuildsKeepIsShownAndGoes() throws Exception {
    Path folder = Files.createDirectory(engine.folder().resolve("keep"));
    Files.writeString(
        folder.resolve("Dockerfile"),
        """
        FROM busybox AS big
        RUN --mount=type=cache,target=/c head -c 3145728 /dev/zero >/c/f && cp /c/f /g && echo a >/a
        FROM busybox
        COPY --from=big /a /a
        """);
    run(folder, "buildx", "build", "--load", "-t", "kept", ".").ok();
    run(folder, "buildx", "b", "-q", "-t", "kept", ".").ok();
    assertThat(run(folder, "builder", "build", "--platform", "linux/amd64,linux/arm64", ".").expect(1).err())
        .contains("linux/amd64,linux/arm64 can't be built here");

    String table = run(folder, "buildx", "du").ok().out();
    assertThat(table).containsPattern("^ID +RECLAIMABLE +SIZE +LAST ACCESSED\n").containsPattern("(?m)^[0-9a-f]{25}\\* +true +3.1[0-9]MB +");
    assertThat(table).containsPattern("(?m)^Shared:\t\t\\S+kB\nPrivate:\t\\d.*MB\nReclaimable:\t\\d.*MB\nTotal:\t\t\\d.*MB$");
    assertThat(run(folder, "builder", "du", "--verbose", "--filter", "type=exec.cachemount").ok().out())
        .contains("Mutable:\ttrue\n", "Description:\tcached mount /c\n", "Usage count:\t1\n")
        .doesNotContain("Type:\t\tregular");
    assertThat(run(folder, "builder", "du", "--format", "{{.CacheType}} {{.Shared}}", "--filter", "shared=true").ok().out())
        .isEqualTo("regular true\n");
    String disk = run(folder, "system", "df", "-v").ok().out();
    assertThat(disk)
        .containsPattern("Build cache usage: \\d.*MB\n\nCACHE ID +CACHE TYPE +SIZE +CREATED +LAST USED +USAGE +SHARED\n")
        .containsPattern("(?m)^[0-9a-f]{12} +regular +\\S+ +.*ago +.*ago +1 +true$");
    assertThat(new ObjectMapper().readTree(run(folder, "system", "df", "-v", "--format", "json").ok().out()).at("/BuildCache")).hasSize(3);

    assertThat(run(folder, "builder", "prune").ok().out())
        .isEqualTo("WARNING! This will remove all dangling build cache. Are you sure you want to continue? [y/N] ");
    assertThat(run(folder, "builder", "prune", "-f", "--filter", "until=1h").ok().out()).isEqualTo("Total:\t0B\n");
    assertThat(run(folder, "builder", "prune", "-f", "--keep-storage", "1GB").ok().out()).isEqualTo("Total:\t0B\n");
    assertThat(run(folder, "builder", "prune", "-f").ok().out()).containsPattern("(?m)^Total:\t[6-9]\\.\\d+MB$");
    assertThat(run(folder, "builder", "du", "--format", "{{.Shared}}").ok().out()).as("what an image has stays").isEqualTo("true\n");
    assertThat(run(folder, "builder", "prune", "-a", "-f").ok().out()).endsWith("Total:\t0B\n");
    assertThat(run(folder, "builder", "du").ok().out()).endsWith("Total:\t\t0B\n");
    run(folder, "image", "inspect", "kept").ok();
    assertThat(run(folder, "builder", "prune", "--filter", "size=3").expect(1).err()).contains("invalid filter 'size'");
  }
}
