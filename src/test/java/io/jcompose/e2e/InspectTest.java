package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code inspect} and {@code container ls}: what scripts and templates for Docker's tools read. */
class InspectTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private String format(String template) {
    return engine.run("inspect", "-f", template, "see-web-1").ok().out().strip();
  }

  private void up() {
    project =
        engine
            .project(
                "see",
                """
                services:
                  web:
                    image: busybox
                    init: true
                    command: sleep 1000
                    environment: {A: one}
                    labels: {kind: test}
                    ports: ["127.0.0.1:18097:80"]
                    volumes: ["data:/data", "./src:/src:ro"]
                    mem_limit: 64m
                    restart: on-failure:3
                    cap_add: [NET_ADMIN]
                    healthcheck: {test: "echo fine", interval: 1s}
                volumes: {data: {}}
                """)
            .up();
    project.run("start", "--wait").ok();
  }

  @Test
  void templatesOfTutorialsWork() {
    up();
    assertThat(format("{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}")).isEqualTo("running true 0");
    assertThat(format("{{.State.Health.Status}}")).isEqualTo("healthy");
    assertThat(format("{{.Name}}")).isEqualTo("/see-web-1");
    String address = format("{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}");
    assertThat(address).matches("\\d+\\.\\d+\\.\\d+\\.\\d+").isEqualTo(project.sh("web", "hostname -i"));
    assertThat(format("{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}")).isEqualTo("18097");
    assertThat(format("{{range .Mounts}}{{.Type}}:{{.Destination}}:{{.RW}} {{end}}"))
        .contains("volume:/data:true", "bind:/src:false");
    assertThat(format("{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}} {{.RestartCount}}"))
        .isEqualTo("on-failure 67108864 0");
    assertThat(format("{{index .Config.Labels \"kind\"}}")).isEqualTo("test");
    assertThat(format("{{json .Config.Cmd}}")).isEqualTo("[\"sleep\",\"1000\"]");
    assertThat(format("{{.State.Pid}}")).matches("[1-9]\\d*");
    assertThat(engine.run("inspect", "-f", "{{.Id}}", "see-web-1", "nothere").expect(1).err()).contains("nothere");
  }

  @Test
  void theWholeIsAnArrayOfObjects() throws Exception {
    up();
    project.run("stop", "-t", "1").ok();
    JsonNode all = new ObjectMapper().readTree(engine.run("container", "inspect", project.id("web")).ok().out());
    JsonNode one = all.get(0);
    assertThat(all).hasSize(1);
    assertThat(one.at("/State/Status").asText()).isEqualTo("exited");
    assertThat(one.at("/State/FinishedAt").asText()).startsWith("20");
    assertThat(one.at("/NetworkSettings/Networks/see_default/IPAddress").asText()).isEmpty();
    assertThat(one.at("/HostConfig/PortBindings/80~1tcp/0/HostPort").asText()).isEqualTo("18097");
    assertThat(one.at("/HostConfig/CapAdd/0").asText()).isEqualTo("NET_ADMIN");
    assertThat(one.at("/Config/Env").toString()).contains("A=one");
    assertThat(one.at("/Image").asText()).startsWith("sha256:");
    assertThat(one.at("/HostConfig/AutoRemove").isBoolean()).isTrue();
  }

  @Test
  void imagesAndVolumesAreInspectedToo() {
    up();
    assertThat(engine.run("inspect", "--type", "image", "-f", "{{.Os}}", "busybox").ok().out()).isEqualTo("linux\n");
    assertThat(engine.run("inspect", "-f", "{{.Name}}", "see_data").ok().out()).isEqualTo("see_data\n");
    assertThat(engine.run("inspect", "--type", "container", "busybox").expect(1).err()).contains("no such container: busybox");
  }

  @Test
  void containersAreListedAndFiltered() {
    up();
    engine.run("container", "create", "--name", "other", "-l", "kind=else", "busybox").ok();
    assertThat(engine.run("container", "ls").ok().out()).contains("CONTAINER ID", "see-web-1", "127.0.0.1:18097->80/tcp").doesNotContain("other");
    assertThat(engine.run("container", "ps", "-a", "--format", "{{.Names}}").ok().out().lines()).containsExactly("other", "see-web-1");
    assertThat(engine.run("container", "ls", "-aq", "--filter", "label=kind=else").ok().out().lines()).hasSize(1);
    assertThat(engine.run("container", "ls", "--filter", "status=created", "--format", "{{.Names}}").ok().out()).isEqualTo("other\n");
    assertThat(engine.run("container", "ls", "--filter", "publish=18097", "--format", "{{.Names}}").ok().out()).isEqualTo("see-web-1\n");
    assertThat(engine.run("container", "ls", "-l", "--format", "{{.Names}}").ok().out()).isEqualTo("other\n");
    assertThat(engine.run("container", "ls", "--filter", "x=y").expect(1).err()).contains("invalid filter 'x=y'");
    engine.run("container", "rm", "other").ok();
  }
}
