package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Formats as tutorials have them. */
class GoTemplateTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final JsonNode DATA =
      json(
          """
          {"Id":"sha256:abc","Name":"/web","Config":{"Labels":{"a.b":"1","x":"2"},"Cmd":["sh","-c","ls"],"Env":null},
           "State":{"Running":true,"Pid":42,"Health":null,"Status":"running"},
           "Mounts":[{"Source":"/a","Destination":"/b"},{"Source":"/c","Destination":"/d"}],"Empty":[],
           "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"34080"}],"443/tcp":null},
             "Networks":{"one":{"IPAddress":"10.0.0.2"},"two":{"IPAddress":"10.0.1.2"}}}}
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '~',
      value = {
        "{{.Id}} ! sha256:abc",
        "{{.ID}} ! sha256:abc",
        "{{ .State.Pid }} ! 42",
        "{{json .State}} ! {\"Running\":true,\"Pid\":42,\"Health\":null,\"Status\":\"running\"}",
        "{{json .Config.Env}} ! null",
        "{{.State.Running}} ! true",
        "{{.Config.Cmd}} ! [sh -c ls]",
        "{{.Config.Labels}} ! map[a.b:1 x:2]",
        "{{.Config.Labels.x}} ! 2",
        "{{.Config.Labels.nope}} ! <no value>",
        "{{index .Config.Labels \"a.b\"}} ! 1",
        "[{{index .Config.Labels \"nope\"}}] ! []",
        "{{range .Mounts}}{{.Source}}:{{.Destination}} {{end}}. ! /a:/b /c:/d .",
        "{{range $i, $m := .Mounts}}{{if $i}},{{end}}{{$m.Source}}{{end}} ! /a,/c",
        "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}};{{end}} ! one=10.0.0.2;two=10.0.1.2;",
        "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}} ! 10.0.0.210.0.1.2",
        "{{range .Empty}}x{{else}}none{{end}} ! none",
        "{{range .Mounts}}{{.Source}}{{break}}{{end}} ! /a",
        "{{range .Mounts}}{{continue}}x{{end}}y ! y",
        "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}} ! 34080",
        "{{with .State}}{{.Status}}{{end}} ! running",
        "{{with .State.Health}}{{.Status}}{{else}}no check{{end}} ! no check",
        "{{if .State.Health}}{{.State.Health.Status}}{{else if .State.Running}}up{{else}}down{{end}} ! up",
        "{{if eq .State.Status \"running\" \"paused\"}}a{{end}}{{if ne .State.Pid 0}}b{{end}} ! ab",
        "{{if and .State.Running (gt .State.Pid 1)}}yes{{end}} ! yes",
        "{{if or .State.Health (not .State.Running)}}yes{{else}}no{{end}} ! no",
        "{{join .Config.Cmd \" \"}} ! sh -c ls",
        "{{.Name | upper | printf \"%-8s|\"}} ! /WEB    |",
        "{{printf \"%s %05d %q %.2f %%\" .Name .State.Pid \"x\" 1.5}} ! /web 00042 \"x\" 1.50 %",
        "{{title \"abc def\"}} {{lower \"ABC\"}} ! Abc Def abc",
        "{{len .Mounts}} {{len .Name}} ! 2 4",
        "{{slice .Id 7}} {{slice .Id 0 6}} ! abc sha256",
        "{{index (split .Id \":\") 1}} ! abc",
        "{{truncate .Id 3}}|{{pad .Name 1 2}}| ! sha| /web  |",
        "{{$x := .Name}}{{range .Mounts}}{{$x}}{{$.Id}}{{end}} ! /websha256:abc/websha256:abc",
        "{{$n := 1}}{{range .Mounts}}{{$n = 2}}{{end}}{{$n}} ! 2",
        "a {{- /* gone */ -}} b ! ab",
        "a {{- .Name -}} b ! a/webb",
        "{{print 1 2 \"x\" 3}} ! 1 2x3",
        "{{\"}}\"}}{{`{{`}} ! }}{{",
        "{{html \"<&>\"}} {{urlquery \"a b\"}} ! &lt;&amp;&gt; a+b",
        "{{.State.Health}} ! <no value>",
      })
  void fills(String template, String expected) {
    assertThat(GoTemplate.parse(template).render(DATA)).isEqualTo(expected);
  }

  @Test
  void printlnEndsLines() {
    assertThat(GoTemplate.parse("{{range .Mounts}}{{println .Source .Destination}}{{end}}").render(DATA))
        .isEqualTo("/a /b\n/c /d\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "{{.Id ! unclosed action",
        "{{if .Id}}x ! unexpected EOF",
        "{{end}} ! unexpected {{end}}",
        "{{nope .Id}} ! function \"nope\" not defined",
        "{{.Nope}} ! map has no entry for key \"Nope\"; there are Config, Empty",
        "{{.Name.x}} ! can't evaluate field x in type string",
        "{{.State.Health.Status}} ! can't evaluate field Status in nil data",
        "{{index .Mounts 7}} ! index out of range",
        "{{$x}} ! undefined variable \"$x\"",
        "{{}} ! missing value for command",
        "{{.Id # }} ! unexpected",
        "{{break}} ! outside {{range}}",
        "{{lt 1 \"a\"}} ! incompatible types",
        "{{(.Id}} ! unclosed left paren",
        "{{range .Name}}{{end}} ! range can't iterate over /web",
        "{{join}} ! wrong number of args",
        "{{define \"x\"}}{{end}} ! of no use",
      })
  void saysWhatIsWrong(String template, String message) {
    assertThatThrownBy(() -> GoTemplate.parse(template).render(DATA))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith("template parsing error: ")
        .hasMessageContaining(message);
  }

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String list(String format) {
    ObjectNode row = ListFormat.row();
    row.put("ID", "0123456789ab").put("Names", "web").put("CreatedSince", "2 days ago");
    row.put("Labels", "com.docker.compose.service=web,x=y");
    ObjectNode other = row.deepCopy().put("Names", "a-longer-name");
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("ID", "CONTAINER ID");
    columns.put("Names", "NAMES");
    return ListFormat.text(format, List.of(row, other), columns, Map.of("CreatedSince", "CREATED"));
  }

  @Test
  void listsAsAskedFor() {
    assertThat(list("")).isEqualTo(list("table")).startsWith("CONTAINER ID   NAMES\n0123456789ab   web\n");
    assertThat(list("json")).startsWith("{\"ID\":\"0123456789ab\",\"Names\":\"web\",");
    assertThat(list("{{.ID}}\\t{{.Names}}")).isEqualTo("0123456789ab\tweb\n0123456789ab\ta-longer-name\n");
    assertThat(list("table {{.Names}}\\t{{.CreatedSince | upper}}\t{{.Label \"com.docker.compose.service\"}}"))
        .isEqualTo(
            """
            NAMES           CREATED      service
            web             2 DAYS AGO   web
            a-longer-name   2 DAYS AGO   web
            """);
    assertThat(list("{{json .Names}}")).isEqualTo("\"web\"\n\"a-longer-name\"\n");
  }

  @Test
  void inspectsAsDockerDoes() {
    assertThat(ListFormat.inspect("", List.of(json("{\"A\":{\"b\":[1]},\"E\":[],\"O\":{}}"))))
        .isEqualTo(
            """
            [
                {
                    "A": {
                        "b": [
                            1
                        ]
                    },
                    "E": [],
                    "O": {}
                }
            ]
            """);
    assertThat(ListFormat.inspect("{{.A}}", List.of(json("{\"A\":1}"), json("{\"A\":2}")))).isEqualTo("1\n2\n");
    assertThat(ListFormat.inspect("", List.of())).isEqualTo("[]\n");
  }
}
