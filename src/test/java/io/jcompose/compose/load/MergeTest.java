package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.canon.JsonWriter;
import io.jcompose.compose.yaml.MapNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeTest {

  @TempDir Path cwd;

  private MapNode merged(String base, String over) throws IOException {
    Files.writeString(cwd.resolve("a.yaml"), base);
    Files.writeString(cwd.resolve("b.yaml"), over);
    LoadOptions options = LoadOptions.in(cwd, Map.of("SET", "s")).withFiles("a.yaml", "b.yaml");
    return ProjectLoader.load(options).tree();
  }

  private static String service(String attributes) {
    return "services: {a: {image: x, "
        + attributes
        + "}, b: {image: x}, c: {image: x}}\n"
        + "networks: {n: , m: }\nvolumes: {vol: }\n";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "command: a b | command: [c] | command | ['c']",
        "command: a b | command: null | command | null",
        "command: a b | command: [] | command | []",
        "environment: [A=1, B=2] | environment: {B: 3} | environment | {'A':'1','B':'3'}",
        "environment: {A: 1} | environment: [SET, GONE] | environment |"
            + " {'A':'1','GONE':null,'SET':'s'}",
        "labels: {l: 1} | labels: [m] | labels | {'l':'1','m':''}",
        "cap_add: [A, B] | cap_add: [B, C] | cap_add | ['A','B','C']",
        "dns: 1.1.1.1 | dns: [8.8.8.8] | dns | ['1.1.1.1','8.8.8.8']",
        "tmpfs: /a | tmpfs: [/b] | tmpfs | ['/a','/b']",
        "profiles: [p] | profiles: !reset [] | privileged | -",
        "expose: [1] | expose: ['1', 2] | expose | ['1','2']",
        "extra_hosts: ['h:1.1.1.1'] | extra_hosts: {h: 2.2.2.2} | extra_hosts |"
            + " ['h=1.1.1.1','h=2.2.2.2']",
        "ulimits: {nofile: 5} | ulimits: {nofile: {soft: 1, hard: 2}} | ulimits |"
            + " {'nofile':{'hard':2,'soft':1}}",
        "logging: {driver: x, options: {a: 1}} | logging: {options: {b: 2}} | logging |"
            + " {'driver':'x','options':{'a':'1','b':'2'}}",
        "logging: {driver: x, options: {a: 1}} | logging: {driver: y} | logging | {'driver':'y'}",
        "healthcheck: {test: a, interval: 1s} | healthcheck: {test: [NONE]} | healthcheck |"
            + " {'interval':'1s','test':['NONE']}",
        "depends_on: [b] | depends_on: {b: {condition: service_healthy}, c: {condition:"
            + " service_started}} | depends_on |"
            + " {'b':{'condition':'service_healthy','required':true},'c':{'condition':'service_started','required':true}}",
        "networks: [n] | networks: {n: {aliases: [q]}, m: } | networks |"
            + " {'m':null,'n':{'aliases':['q']}}",
        "sysctls: {a: 1} | sysctls: [a=2] | sysctls | {'a':'2'}",
        "mem_limit: 1g | mem_limit: 512k | mem_limit | '524288'",
        "ports: !override ['1:1'] | ports: !override ['2:2'] | ports |"
            + " [{'mode':'ingress','protocol':'tcp','published':'2','target':2}]",
        "volumes: ['vol:/d'] | volumes: ['vol:/d:ro'] | volumes |"
            + " [{'read_only':true,'source':'vol','target':'/d','type':'volume','volume':{}}]",
        "tty: true | tty: !reset null | tty | -",
        "x-e: {a: 1} | x-e: {b: 2} | x-e | {'a':1,'b':2}",
      })
  void merges(String base, String over, String key, String expected) throws IOException {
    MapNode service = merged(service(base), service(over)).map("services").map("a");
    String value =
        service.get(key) == null ? "-" : JsonWriter.compact(service.get(key)).replace('"', '\'');
    assertThat(value).isEqualTo(expected);
  }

  @Test
  void mergesABuildThatIsATextWithOneThatIsAMapping() throws IOException {
    MapNode build =
        merged(
                "services: {a: {build: ./d}}",
                "services: {a: {build: {args: {A: 1}, dockerfile: D}}}")
            .map("services")
            .map("a")
            .map("build");
    assertThat(build.text("context")).isEqualTo(cwd.resolve("d").toString());
    assertThat(build.text("dockerfile")).isEqualTo("D");
  }

  @Test
  void appendsPortsAndDropsRepeatedOnes() throws IOException {
    MapNode root =
        merged(service("ports: ['80:80', '81:81']"), service("ports: ['81:81/tcp', '82:82']"));
    assertThat(root.map("services").map("a").list("ports").items())
        .extracting(p -> ((MapNode) p).text("published"))
        .containsExactly("80", "81", "82");
  }

  @Test
  void resetsAWholeService() throws IOException {
    MapNode root = merged(service("tty: true"), "services: {b: !reset null}");
    assertThat(root.map("services").entries()).containsOnlyKeys("a", "c");
  }

  @Test
  void refusesToMergeWhatIsOfDifferentKinds() {
    assertThatThrownBy(() -> merged(service("deploy: {mode: a}"), service("deploy: [1]")))
        .isInstanceOf(ComposeException.class)
        .hasMessageContaining("b.yaml:1:")
        .hasMessageContaining("cannot override services.a.deploy");
  }
}
