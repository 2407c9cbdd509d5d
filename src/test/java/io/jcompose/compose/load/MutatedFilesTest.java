package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mutated files in a JVM with little memory. {@code -Djcompose.fuzz.seconds=600} lets it go on for
 * long, {@code -Djcompose.fuzz.seed=2} on another way.
 */
class MutatedFilesTest {

  private static final int SECONDS = Integer.getInteger("jcompose.fuzz.seconds", 5);
  private static final long SEED = Long.getLong("jcompose.fuzz.seed", 1);

  /** Beside a checkout, if there are more. */
  private static final List<Path> CORPUS =
      List.of(
          Path.of("samples"),
          Path.of("../shared/conformance/config/files"),
          Path.of("../../shared/conformance/config/files"));

  @TempDir Path folder;

  @Test
  @Tag("YML-9")
  void areLoadedOrRefusedInWords() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), MutatedFiles.class.getName(), Long.toString(SEED),
                Integer.toString(SECONDS), folder.toString()));
    CORPUS.stream().filter(Files::isDirectory).map(Path::toString).forEach(command::add);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Path mutant = folder.resolve("mutant.yaml");
    assertThat(process.waitFor())
        .as(() -> said + "\n" + (Files.exists(mutant) ? read(mutant) : ""))
        .isZero();
    System.out.println("mutated files: " + said.strip());
    assertThat(said).containsPattern("[1-9][0-9]+ files, [1-9][0-9]* of them loaded");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
