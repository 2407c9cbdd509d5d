package io.jcompose.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates that scripts fill with images of which little is known. */
class ImageFieldsTest {
  private static ObjectNode image() throws Exception {
    return (ObjectNode)
        new ObjectMapper().readTree("{\"Id\":\"sha256:1\",\"Config\":{\"Cmd\":[\"sh\"],\"Entrypoint\":null,\"Labels\":null,\"Healthcheck\":null}}");
  }

  private static String filled(String format) throws Exception {
    return ListFormat.inspect(format, List.of(ImageFields.of(image(), format)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{{.Variant}}{{.Author}}{{.OsVersion}}{{.Config.Hostname}} | ''",
        "{{.Config.Tty}}                     | false",
        "{{.Config.Cmd}} {{.Config.Entrypoint}} {{.Config.OnBuild}} | [sh] [] []",
        "{{.Config.Labels}} {{.Config.ExposedPorts}} | map[] map[]",
        "{{.Config.Healthcheck}}             | <nil>",
        "{{index .Config.Labels \"a.b\"}}    | ''",
        "{{.Config.Labels.owner}}            | <no value>",
        "{{len .Config.Labels}} {{len .Config.Entrypoint}} {{len .Config.Cmd}} | 0 0 1",
        "{{range .Config.Entrypoint}}x{{else}}none{{end}} | none",
        "{{json .Config.Labels}} {{json .Config.Entrypoint}} | null null",
        "{{join .Config.Entrypoint \" \"}}  | ''",
        "{{if .Config.Healthcheck}}yes{{else}}no{{end}} | no",
      })
  void whatIsNotSetIsEmpty(String template, String text) throws Exception {
    assertThat(filled(template)).isEqualTo(text + "\n");
  }

  @Test
  void whatNoImageHasIsAMistake() {
    assertThatThrownBy(() -> filled("{{.Varient}}")).hasMessageContaining("no entry for key \"Varient\"");
    assertThatThrownBy(() -> filled("{{index .Config.Entrypoint 0}}")).hasMessageContaining("index out of range: 0");
  }

  @Test
  void wholeObjectsShowOnlyWhatIsKnown() throws Exception {
    for (String whole : List.of("", "json")) {
      assertThat(ImageFields.of(image(), whole)).isEqualTo(image());
    }
  }
}
