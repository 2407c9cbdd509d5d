package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.load.LoadOptions.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariableReferenceTest {

  @Test
  void findsAllFormsOnceEach(@TempDir Path cwd) throws IOException {
    Files.writeString(
        cwd.resolve("compose.yaml"),
        """
        services:
          a:
            image: x:${TAG:?set it}
            command: [$PLAIN, "$$NO", "${D:-def}", "${P+alt}", "${A:-${B:-c}}", "${D}", "${bad"]
        """);
    Loaded loaded =
        ProjectLoader.load(LoadOptions.in(cwd, Map.of()).without(Step.INTERPOLATION));
    assertThat(VariableReference.in(loaded.tree()).toString().replace("VariableReference", ""))
        .isEqualTo(
            "[[name=A, required=false, defaultValue=${B:-c}, alternateValue=],"
                + " [name=B, required=false, defaultValue=c, alternateValue=],"
                + " [name=D, required=false, defaultValue=def, alternateValue=],"
                + " [name=P, required=false, defaultValue=, alternateValue=alt],"
                + " [name=PLAIN, required=false, defaultValue=, alternateValue=],"
                + " [name=TAG, required=true, defaultValue=, alternateValue=]]");
  }
}
