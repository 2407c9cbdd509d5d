package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the verbs do that take containers as they are. */
class LifecycleTest {
  private static final Shop SHOP = UpTest.nodeMongo();

  @Test
  void stopTakesDependentsFirst() {
    assertThat(Planner.stop(SHOP.project(), SHOP.up(), StopOptions.DEFAULT))
        .hasToString(
            """
            1. stop container shop-web-1: it was asked for
            2. stop container shop-db-1 (after 1): it was asked for
            """);
  }

  @Test
  void stopOfOneServiceTouchesNoOther() {
    assertThat(
            Planner.stop(
                SHOP.project(), SHOP.up(), new StopOptions(Set.of("db"), Optional.empty())))
        .hasToString(
            """
            1. stop container shop-db-1: it was asked for
            """);
  }

  @Test
  void startTakesDependenciesFirstAndWaitsForThem() {
    Plan stop = Planner.stop(SHOP.project(), SHOP.up(), StopOptions.DEFAULT);
    Observed stopped = Simulation.after(stop, SHOP.project(), SHOP.up());
    assertThat(Planner.start(SHOP.project(), stopped, Set.of("web")))
        .hasToString(
            """
            1. start container shop-db-1: it has exited with code 0
            2. wait for service db to be healthy (after 1): needed by web (service_healthy)
            3. start container shop-web-1 (after 2): it has exited with code 0
            """);
    assertThat(Planner.start(SHOP.project(), SHOP.up(), Set.of())).hasToString("");
  }

  @Test
  void startNeedsAContainer() {
    assertThatThrownBy(() -> Planner.start(SHOP.project(), SHOP.empty(), Set.of()))
        .isInstanceOf(PlanException.class)
        .hasMessage("service \"db\" has no container to start; \"up db\" makes one");
  }

  @Test
  void restartTakesThoseAlongThatRestartWithIt() {
    Shop shop =
        Shop.of(
            service("db"),
            service("web").dependsOn(new Dependency("db", Condition.STARTED, true, true)),
            service("other").dependsOn(Dependency.started("db")));
    RestartOptions db = new RestartOptions(Set.of("db"), true, Optional.empty());
    assertThat(Planner.restart(shop.project(), shop.up(), db))
        .hasToString(
            """
            1. stop container shop-web-1: it restarts with db
            2. stop container shop-db-1 (after 1): it was asked for
            3. start container shop-db-1 (after 2): it was asked for
            4. start container shop-web-1 (after 3): it restarts with db
            """);
    RestartOptions alone = new RestartOptions(Set.of("db"), false, Optional.empty());
    assertThat(Planner.restart(shop.project(), shop.up(), alone))
        .hasToString(
            """
            1. stop container shop-db-1: it was asked for
            2. start container shop-db-1 (after 1): it was asked for
            """);
  }

  @Test
  void restartSaysWhichEditsItDoesNotApply() {
    Shop edited =
        UpTest.nodeMongo()
            .service(UpTest.web().process(Shop.environment(Map.of("LOG", "debug"))));
    RestartOptions web = new RestartOptions(Set.of("web"), true, Optional.empty());
    assertThat(Planner.restart(edited.project(), SHOP.up(), web))
        .hasToString(
            """
            1. stop container shop-web-1: it was asked for
            2. start container shop-web-1 (after 1): it was asked for
            ! restart does not apply what was edited since shop-web-1 was made (environment.LOG); "up web" does.
            """);
  }

  @Test
  void killReachesWhatRunsAndRemoveTakesWhatDoesNot() {
    Observed half = Edited.state(SHOP.up(), "shop-web-1", ContainerState.EXITED);
    assertThat(Planner.kill(SHOP.project(), half, Set.of(), "SIGHUP"))
        .hasToString(
            """
            1. kill container shop-db-1: it was asked for
            """);
    assertThat(Planner.remove(SHOP.project(), half, RemoveOptions.DEFAULT))
        .hasToString(
            """
            1. remove container shop-web-1: it was asked for
            """);
    assertThat(
            Planner.remove(
                SHOP.project(),
                half,
                new RemoveOptions(Set.of(), true, true, Optional.empty())))
        .hasToString(
            """
            1. remove container shop-web-1: it was asked for
            2. stop container shop-db-1: it was asked for
            3. remove container shop-db-1 (after 2): it was asked for
            """);
  }
}
