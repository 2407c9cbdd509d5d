package io.jcompose.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What {@code run} does before its container is started, plan by plan. */
class RunTest {
  private static final OneOff MIGRATE = new OneOff("web", "shop-web-run-1");

  private static Plan run(Observed observed, UpOptions options) {
    return Planner.run(UpTest.nodeMongo().project(), observed, options, MIGRATE);
  }

  private static UpOptions withoutDependencies() {
    UpOptions plain = UpOptions.DEFAULT;
    return new UpOptions(
        plain.services(), false, plain.recreate(), plain.recreateDependencies(), plain.scale(), true,
        plain.orphans(), false, plain.timeout(), plain.recreatedVolumes());
  }

  @Test
  void whatItDependsOnIsStartedAndWaitedFor() {
    assertThat(run(UpTest.nodeMongo().empty(), UpOptions.DEFAULT))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create volume shop_data: there is none yet
            3. create container shop-db-1 (after 1, 2): db has no container yet
            4. start container shop-db-1 (after 3): it is new
            5. wait for service db to be healthy (after 4): needed by web (service_healthy)
            6. create container shop-web-run-1 (after 5): it was asked for
            """);
  }

  @Test
  void theServicesOwnContainersStayAsTheyAre() {
    assertThat(run(UpTest.nodeMongo().up(), UpOptions.DEFAULT))
        .hasToString("1. create container shop-web-run-1: it was asked for\n");
  }

  @Test
  void withoutDependenciesOnlyItsOwnNetworkIsMade() {
    assertThat(run(UpTest.nodeMongo().empty(), withoutDependencies()))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create container shop-web-run-1 (after 1): it was asked for
            """);
  }

  @Test
  void aServiceThatIsNotThereIsNamed() {
    assertThatThrownBy(
            () ->
                Planner.run(
                    UpTest.nodeMongo().project(), UpTest.nodeMongo().empty(), UpOptions.DEFAULT,
                    new OneOff("wbe", "x")))
        .hasMessageContaining("no such service: wbe");
  }
}
