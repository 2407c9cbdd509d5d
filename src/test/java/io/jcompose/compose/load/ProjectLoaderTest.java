package io.jcompose.compose.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Mark;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectLoaderTest {

  @TempDir Path cwd;

  private Project load(String text) throws IOException {
    Files.writeString(cwd.resolve("compose.yaml"), text);
    return ProjectLoader.load(LoadOptions.in(cwd, Map.of("TAG", "7"))).project();
  }

  @Test
  void readsNodeAndMongo() throws IOException {
    Project project =
        load(
            """
            name: demo
            services:
              web:
                build: ./web
                ports: ["3000:3000"]
                environment: [MONGO=mongodb://db:27017]
                depends_on:
                  db: {condition: service_healthy}
                mem_limit: 256m
                cpus: 1.5
              db:
                image: mongo:${TAG}
                volumes: ["data:/data/db", "./init:/init:ro"]
                healthcheck: {test: mongosh --eval 1, interval: 5s}
                stop_grace_period: 1m30s
                restart: on-failure:3
            volumes: {data: {}}
            """);
    assertThat(project.name()).isEqualTo("demo");
    Service web = project.services().get("web");
    assertThat(web.build().orElseThrow().context()).isEqualTo(cwd.resolve("web").toString());
    assertThat(web.networking().ports()).containsExactly(Port.tcp(3000, 3000));
    assertThat(web.process().environment())
        .containsEntry("MONGO", Optional.of("mongodb://db:27017"));
    assertThat(web.dependsOn()).containsEntry("db", Dependency.healthy("db"));
    assertThat(web.resources().memory()).hasValue(256L << 20);
    assertThat(web.resources().cpus()).hasValue(1.5);
    assertThat(web.process().command()).isEmpty();
    Service db = project.services().get("db");
    assertThat(db.image()).contains("mongo:7");
    assertThat(db.storage().volumeKeys()).containsExactly("data");
    assertThat(db.storage().mounts().get(1))
        .isInstanceOfSatisfying(
            Mount.Bind.class,
            bind -> {
              assertThat(bind.source()).isEqualTo(cwd.resolve("init"));
              assertThat(bind.readOnly()).isTrue();
            });
    assertThat(db.healthcheck().orElseThrow().test())
        .contains(List.of("CMD-SHELL", "mongosh --eval 1"));
    assertThat(db.process().stopGracePeriod()).contains(Duration.ofSeconds(90));
    assertThat(db.restart().maxAttempts()).isEqualTo(3);
    assertThat(project.volumes().get("data").name()).isEqualTo("demo_data");
    assertThat(project.networks().get("default").name()).isEqualTo("demo_default");
    assertThat(project.marks().find("services.db.image")).contains(new Mark("compose.yaml", 12, 5));
  }

  @Test
  void tellsAnEmptyCommandFromNone() throws IOException {
    Project project = load("services: {a: {image: x, command: []}, b: {image: x, command: null}}");
    assertThat(project.services().get("a").process().command()).contains(List.of());
    assertThat(project.services().get("b").process().command()).isEmpty();
  }

  @Test
  void namesTheAttributeThatChanged() throws IOException {
    Service before = load("services: {a: {image: x, scale: 1}}").services().get("a");
    Service scaled = load("services: {a: {image: x, scale: 3}}").services().get("a");
    Service edited = load("services: {a: {image: y, scale: 3}}").services().get("a");
    assertThat(scaled.fingerprint()).isEqualTo(before.fingerprint());
    assertThat(edited.fingerprint().changedFrom(before.fingerprint())).containsExactly("image");
  }

  @Test
  void leavesVariablesWhenAskedTo() throws IOException {
    Files.writeString(
        cwd.resolve("compose.yaml"),
        "services: {a: {image: 'x:$TAG', ports: ['${P}:80', 1], mem_limit: '${M}', tty: '${T}'}}");
    LoadOptions options = LoadOptions.in(cwd, Map.of()).without(LoadOptions.Step.INTERPOLATION);
    assertThat(ProjectLoader.load(options).tree().map("services").map("a").entries().toString())
        .contains("image=x:$TAG", "ports=[${P}:80, 1]", "mem_limit=${M}", "tty=${T}");
  }

  @Test
  void activatesServicesByName() throws IOException {
    Files.writeString(
        cwd.resolve("compose.yaml"),
        "services: {a: {image: x}, b: {image: x, profiles: [p], depends_on: [c]}, c: {image: x}}");
    LoadOptions options = LoadOptions.in(cwd, Map.of()).withTargets(List.of("b"));
    Loaded loaded = ProjectLoader.load(options);
    assertThat(loaded.project().services()).containsOnlyKeys("a", "b", "c");
    assertThat(loaded.tree(List.of("b")).map("services").entries()).containsOnlyKeys("b", "c");
  }

  @Test
  void resolvesEachOfSeveralSshKeys() throws IOException {
    Project project =
        load("services: {a: {build: {context: ., ssh: [default, 'one=./a', 'two=./a,/b,,k/c', 'none=']}}}");
    assertThat(project.services().get("a").build().orElseThrow().ssh())
        .isEqualTo(
            Map.of(
                "default",
                List.of(),
                "one",
                List.of(cwd.resolve("a").toString()),
                "two",
                List.of(cwd.resolve("a").toString(), "/b", cwd.resolve("k/c").toString()),
                "none",
                List.of()));
  }

  @Test
  void saysWhatHasNoEffect() throws IOException {
    Files.writeString(
        cwd.resolve("compose.yaml"),
        "services: {a: {image: x, isolation: hyperv, tty: true, cgroup_parent: p,"
            + " post_start: [{command: 'true'}], blkio_config: {weight: 9}, userns_mode: host,"
            + " volumes: ['./a:/a:z', './b:/b'], deploy: {mode: replicated, endpoint_mode: vip},"
            + " logging: {driver: journald, options: {max-size: 1m, tag: t}}},"
            + " b: {image: x, runtime: runc, logging: {driver: json-file}}}");
    assertThat(ProjectLoader.load(LoadOptions.in(cwd, Map.of())).ineffective())
        .containsExactlyInAnyOrder(
            "services.a.isolation",
            "services.a.deploy.endpoint_mode",
            "services.a.volumes[0].bind.selinux",
            "services.a.logging.driver",
            "services.a.logging.options.tag");
  }

  @Test
  void knowsDisabledServices() throws IOException {
    Project project = load("services: {a: {image: x}, b: {image: x, profiles: [debug]}}");
    assertThat(project.services()).containsOnlyKeys("a");
    assertThat(project.disabledServices()).containsEntry("b", List.of("debug"));
    assertThat(project.knows("b")).isTrue();
  }
}
