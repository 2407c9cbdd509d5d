package io.jcompose.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FsListTest {
  @TempDir Path temp;

  /** One for each way to read: at once, with the larger buffer, with several of those. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 40, 1000})
  void everyNameIsThereOnce(int files) throws IOException {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      names.add("file-" + i + "x".repeat(200));
      Files.createFile(temp.resolve(names.getLast()));
    }
    try (Fd dir = Fs.open(temp.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      assertThat(Fs.list(dir))
          .extracting(entry -> new String(entry.name(), StandardCharsets.US_ASCII))
          .containsExactlyInAnyOrderElementsOf(names);
    }
  }
}
