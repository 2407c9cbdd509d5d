package io.jcompose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RowsTest {
  @Test
  void theTableOfRowsIsWhatTheTestsSay() throws IOException, InterruptedException {
    Process rows = new ProcessBuilder("src/test/sh/rows").redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String made = new String(rows.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(rows.waitFor()).isZero();
    assertThat(Files.readString(Path.of("src/ROWS.md")))
        .as("src/ROWS.md is made anew with \"make rows\"")
        .isEqualTo(made);
  }
}
