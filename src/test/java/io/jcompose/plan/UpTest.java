package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.Storage;
import io.jcompose.compose.model.VolumeSpec;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@code up} does, plan by plan. */
class UpTest {

  static Mount.Volume mount(String volume, String target) {
    return new Mount.Volume(
        Optional.of(volume), target, false, false, Optional.empty(), Map.of());
  }

  static ServiceBuilder db() {
    return service("db")
        .healthcheck(Healthcheck.of("CMD", "ping"))
        .storage(Storage.of(mount("data", "/data/db")));
  }

  static ServiceBuilder web() {
    return service("web").dependsOn(Dependency.healthy("db"));
  }

  static Shop nodeMongo() {
    return Shop.of(db(), web()).volume(VolumeSpec.of("data", "shop_data"));
  }

  @Test
  void firstUpMakesEverythingInOrder() {
    assertThat(nodeMongo().plan(nodeMongo().empty()))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create volume shop_data: there is none yet
            3. create container shop-db-1 (after 1, 2): db has no container yet
            4. start container shop-db-1 (after 3): it is new
            5. create container shop-web-1 (after 1): web has no container yet
            6. wait for service db to be healthy (after 4): needed by web (service_healthy)
            7. start container shop-web-1 (after 5, 6): it is new
            """);
  }

  @Test
  void secondUpDoesNothing() {
    Plan plan = nodeMongo().plan(nodeMongo().up());
    assertThat(plan).hasToString("");
    assertThat(plan.kept()).extracting(ContainerRef::name).containsExactly("shop-db-1", "shop-web-1");
  }

  @Test
  void anEditRecreatesOnlyWhatItTouchesAndSaysWhy() {
    Shop edited =
        nodeMongo()
            .service(
                web().process(Shop.environment(Map.of("LOG", "debug", "API_TOKEN", "hunter2"))));
    assertThat(edited.plan(nodeMongo().up()))
        .hasToString(
            """
            1. create container c00000000003_shop-web-1: its settings changed
                 environment.API_TOKEN: added (hidden)
                 environment.LOG: added "debug"
            2. stop container shop-web-1 (after 1): a new container takes its place
            3. remove container shop-web-1 (after 1, 2): a new container takes its place
            4. rename container c00000000003_shop-web-1 to shop-web-1 (after 3): the old one is gone
            5. start container shop-web-1 (after 4): it is new
            """);
  }
}
