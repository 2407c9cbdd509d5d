package io.jcompose.compose.canon;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.Loaded;
import io.jcompose.compose.load.ProjectLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigPrinterTest {

  @TempDir Path cwd;

  private Loaded load(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of()));
  }

  @Test
  void printsYaml() throws IOException {
    String text =
        """
        name: p
        services:
          a:
            command:
              - echo
              - "yes"
              - "1"
              - "a: b"
            entrypoint: null
            environment:
              A: |
                one
                 two
              B: costs $$5
              C: null
            image: x
            networks:
              default: null
            ports:
              - mode: ingress
                protocol: tcp
                published: "80"
                target: 8080
        networks:
          default:
            name: p_default
        """;
    assertThat(ConfigPrinter.yaml(load(text).tree(), true)).isEqualTo(text);
  }

  @Test
  void printsJson() throws IOException {
    assertThat(
            ConfigPrinter.json(
                load("{name: p, services: {a: {image: x, tty: true}}, x-e: [1, 1.50, \"\\t\"]}")
                    .tree(),
                true))
        .isEqualTo(
            """
            {
              "name": "p",
              "networks": {
                "default": {
                  "ipam": {},
                  "name": "p_default"
                }
              },
              "services": {
                "a": {
                  "command": null,
                  "entrypoint": null,
                  "image": "x",
                  "networks": {
                    "default": null
                  },
                  "tty": true
                }
              },
              "x-e": [
                1,
                1.5,
                "\\t"
              ]
            }
            """);
  }
}
