package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.Project;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code down} does, plan by plan. */
class DownTest {
  private static final Shop SHOP = UpTest.nodeMongo();

  private static DownOptions down(boolean volumes, Orphans orphans, String... services) {
    return new DownOptions(
        Set.of(services), volumes, orphans, DownOptions.Images.NONE, Optional.empty());
  }

  @Test
  void dependentsStopFirstAndTheNetworkGoesLast() {
    Plan plan = Planner.down(SHOP.project(), SHOP.up(), DownOptions.DEFAULT);
    assertThat(plan.keepGoing()).isTrue();
    assertThat(plan)
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            3. stop container shop-db-1 (after 1): the project is taken down
            4. remove container shop-db-1 (after 3): the project is taken down
            5. remove network shop_default (after 2, 4): the project is taken down
            """);
  }

  @Test
  void secondDownDoesNothing() {
    Plan plan = Planner.down(SHOP.project(), SHOP.up(), DownOptions.DEFAULT);
    Observed after = Simulation.after(plan, SHOP.project(), SHOP.up());
    assertThat(Planner.down(SHOP.project(), after, DownOptions.DEFAULT)).hasToString("");
  }

  @Test
  void volumesGoOnlyWhenAskedFor() {
    assertThat(Planner.down(SHOP.project(), SHOP.up(), down(true, Orphans.WARN)))
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            3. stop container shop-db-1 (after 1): the project is taken down
            4. remove container shop-db-1 (after 3): the project is taken down
            5. remove network shop_default (after 2, 4): the project is taken down
            6. remove volume shop_data (after 4): its data was asked to go too
            """);
  }

  @Test
  void volumeOfSomebodyElseStays() {
    Observed up = SHOP.up();
    Observed foreign =
        new Observed(
            "shop",
            up.taken(),
            List.of(),
            List.of(),
            List.of(new ObservedVolume("shop_data", "other", "data", Config.NONE)),
            Map.of());
    assertThat(Planner.down(SHOP.project(), foreign, down(true, Orphans.WARN)))
        .hasToString(
            "! Volume \"shop_data\" stays: it was not made for project \"shop\".\n");
  }

  @Test
  void withoutAFileTheContainersRememberEnough() {
    Project recorded = RecordedProject.of(SHOP.up());
    assertThat(Planner.down(recorded, SHOP.up(), down(true, Orphans.WARN)))
        .hasToString(
            Planner.down(SHOP.project(), SHOP.up(), down(true, Orphans.WARN)).toString());
  }

  @Test
  void namedServicesGoAloneAndTheNetworkStays() {
    assertThat(Planner.down(SHOP.project(), SHOP.up(), down(false, Orphans.WARN, "web")))
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            """);
  }

  @Test
  void stopOrderReachesThroughServicesThatHaveNoContainer() {
    Shop chain =
        Shop.of(
            service("a"),
            service("b").replicas(0).dependsOn(io.jcompose.compose.model.Dependency.started("a")),
            service("c").dependsOn(io.jcompose.compose.model.Dependency.started("b")));
    assertThat(Planner.down(chain.project(), chain.up(), DownOptions.DEFAULT))
        .hasToString(
            """
            1. stop container shop-c-1: the project is taken down
            2. remove container shop-c-1 (after 1): the project is taken down
            3. stop container shop-a-1 (after 1): the project is taken down
            4. remove container shop-a-1 (after 3): the project is taken down
            5. remove network shop_default (after 2, 4): the project is taken down
            """);
  }

  @Test
  void oneOffsAndOrphansKeepTheNetworkUnlessTheyGoToo() {
    ObservedContainer web = SHOP.up().containers().getLast();
    Observed run = Edited.and(SHOP.up(), Edited.as(web, "o1", "shop-web-run-1", "web", true));
    Observed old = Edited.and(run, Edited.as(web, "o2", "shop-old-1", "old", false));
    assertThat(Planner.down(SHOP.project(), old, DownOptions.DEFAULT))
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            3. stop container shop-db-1 (after 1): the project is taken down
            4. remove container shop-db-1 (after 3): the project is taken down
            ! Network "shop_default" stays: shop-old-1, shop-web-run-1 still use it.
            ! Orphan containers: shop-old-1. No service of the file stands for them; --remove-orphans removes them.
            """);
    assertThat(Planner.down(SHOP.project(), old, down(false, Orphans.REMOVE)))
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            3. stop container shop-web-run-1: the project is taken down
            4. remove container shop-web-run-1 (after 3): the project is taken down
            5. stop container shop-old-1: the project is taken down
            6. remove container shop-old-1 (after 5): the project is taken down
            7. stop container shop-db-1 (after 1, 3): the project is taken down
            8. remove container shop-db-1 (after 7): the project is taken down
            9. remove network shop_default (after 2, 4, 6, 8): the project is taken down
            """);
  }

  @Test
  void imagesGoWhenAskedForAndTheTimeoutIsCarried() {
    Shop shop =
        Shop.of(
            service("db"),
            io.jcompose.compose.model.Service.builder("web").build(Build.in("/shop")));
    Observed up =
        shop.upOver(
            shop.empty()
                .withImages(
                    Map.of("db:1", Shop.image("1"), "shop-web", Shop.image("2"))));
    DownOptions local =
        new DownOptions(
            Set.of(),
            false,
            Orphans.WARN,
            DownOptions.Images.LOCAL,
            Optional.of(Duration.ofSeconds(3)));
    Plan plan = Planner.down(shop.project(), up, local);
    assertThat(plan)
        .hasToString(
            """
            1. stop container shop-web-1: the project is taken down
            2. remove container shop-web-1 (after 1): the project is taken down
            3. stop container shop-db-1: the project is taken down
            4. remove container shop-db-1 (after 3): the project is taken down
            5. remove network shop_default (after 2, 4): the project is taken down
            6. remove image shop-web (after 2, 4): images were asked to go too
            """);
    assertThat(plan.steps().getFirst().action())
        .isInstanceOfSatisfying(
            Action.StopContainer.class,
            stop -> assertThat(stop.timeout()).contains(Duration.ofSeconds(3)));
  }
}
