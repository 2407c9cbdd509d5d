package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Provider;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.Storage;
import io.jcompose.compose.model.VolumeSpec;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code up} makes, keeps, replaces and starts, plan by plan. */
class UpTest {

  static Mount.Volume mount(String volume, String target) {
    return new Mount.Volume(
        Optional.of(volume), target, false, false, Optional.empty(), Map.of());
  }

  static Mount.Volume anonymous(String target) {
    return new Mount.Volume(Optional.empty(), target, false, false, Optional.empty(), Map.of());
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

  static UpOptions recreate(RecreatePolicy named, RecreatePolicy others, String... services) {
    UpOptions plain = UpOptions.DEFAULT;
    return new UpOptions(
        Set.of(services),
        true,
        named,
        others,
        Map.of(),
        true,
        plain.orphans(),
        false,
        plain.timeout(),
        Set.of());
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
    assertThat(plan.kept())
        .extracting(ContainerRef::name)
        .containsExactly("shop-db-1", "shop-web-1");
  }

  @Test
  void anEditReplacesOnlyWhatItTouchesAndSaysWhy() {
    Map<String, String> edit = Map.of("LOG", "debug", "API_TOKEN", "hunter2");
    Shop edited = nodeMongo().service(web().process(Shop.environment(edit)));
    assertThat(edited.plan(nodeMongo().up()))
        .hasToString(
            """
            1. recreate container shop-web-1: its settings changed
                 environment.API_TOKEN: added (hidden)
                 environment.LOG: added "debug"
            2. stop container shop-web-1 (after 1): a new container takes its place
            3. remove container shop-web-1 (after 2): a new container takes its place
            4. rename container c00000000003_shop-web-1 to shop-web-1 (after 3): the old one is gone
            5. start container shop-web-1 (after 4): it is new
            """);
  }

  @Test
  void oldAndNewValueAreShownButNoSecret() {
    Shop before =
        Shop.of(
            service("web")
                .process(
                    Shop.environment(
                        Map.of("LOG", "info", "URL", "mongodb://u:one@db", "PASSWORD", "one"))));
    Shop after =
        Shop.of(
            service("web")
                .process(
                    Shop.environment(
                        Map.of("LOG", "debug", "URL", "mongodb://u:two@db", "PASSWORD", "two"))));
    assertThat(after.plan(before.up()).toString()).startsWith(
            """
            1. recreate container shop-web-1: its settings changed
                 environment.LOG: "info" → "debug"
                 environment.PASSWORD: (hidden), changed
                 environment.URL: "mongodb://u:(hidden)@db", changed
            """);
  }

  @Test
  void aRebuiltImageReplacesItsContainers() {
    Observed up = nodeMongo().up();
    Map<String, ObservedImage> images = new java.util.HashMap<>(up.images());
    images.put("web:1", Shop.image("2"));
    assertThat(nodeMongo().plan(up.withImages(images)))
        .hasToString(
            """
            1. recreate container shop-web-1: its image is out of date
                 image web:1: 111111111111 → 222222222222
            2. stop container shop-web-1 (after 1): a new container takes its place
            3. remove container shop-web-1 (after 2): a new container takes its place
            4. rename container c00000000003_shop-web-1 to shop-web-1 (after 3): the old one is gone
            5. start container shop-web-1 (after 4): it is new
            """);
  }

  @Test
  void dependencyEditLeavesItsDependentAlone() {
    Shop edited = nodeMongo().service(db().process(Shop.environment(Map.of("A", "b"))));
    assertThat(edited.plan(nodeMongo().up()))
        .hasToString(
            """
            1. recreate container shop-db-1: its settings changed
                 environment.A: added "b"
            2. stop container shop-db-1 (after 1): a new container takes its place
            3. remove container shop-db-1 (after 2): a new container takes its place
            4. rename container c00000000002_shop-db-1 to shop-db-1 (after 3): the old one is gone
            5. start container shop-db-1 (after 4): it is new
            """);
  }

  @Test
  void restartTrueStopsTheDependentFirstAndStartsItLast() {
    ServiceBuilder web = service("web").dependsOn(new Dependency("db", Condition.HEALTHY, true, true));
    ServiceBuilder proxy =
        service("proxy").dependsOn(new Dependency("web", Condition.STARTED, true, true));
    Shop before = nodeMongo().service(web).service(proxy);
    Shop edited = nodeMongo().service(web).service(proxy).service(db().image("db:2"));
    assertThat(edited.plan(before.up()))
        .hasToString(
            """
             1. recreate container shop-db-1: its settings changed
                  image: "db:1" → "db:2"
             2. stop container shop-proxy-1: it restarts with web
             3. stop container shop-web-1 (after 2): it restarts with db
             4. stop container shop-db-1 (after 1, 3): a new container takes its place
             5. remove container shop-db-1 (after 4): a new container takes its place
             6. rename container c00000000002_shop-db-1 to shop-db-1 (after 5): the old one is gone
             7. start container shop-db-1 (after 6): it is new
             8. wait for service db to be healthy (after 7): needed by web (service_healthy)
             9. start container shop-web-1 (after 8): it restarts with db
            10. start container shop-proxy-1 (after 9): it restarts with web
            """);
  }

  @Test
  void sharedNamespacesFollowTheirOwner() {
    ServiceBuilder sidecar =
        service("sidecar")
            .networking(Shop.mode("service:web"))
            .dependsOn(new Dependency("web", Condition.STARTED, true, true));
    Shop before = Shop.of(service("web"), sidecar);
    Shop edited = Shop.of(service("web").image("web:2"), sidecar);
    assertThat(edited.plan(before.up()))
        .hasToString(
            """
             1. recreate container shop-web-1: its settings changed
                  image: "web:1" → "web:2"
             2. recreate container shop-sidecar-1 (after 1): it shares what shop-web-1 has, and that one is new
             3. stop container shop-sidecar-1 (after 2): a new container takes its place
             4. stop container shop-web-1 (after 3): a new container takes its place
             5. remove container shop-web-1 (after 4): a new container takes its place
             6. rename container c00000000002_shop-web-1 to shop-web-1 (after 5): the old one is gone
             7. start container shop-web-1 (after 6): it is new
             8. remove container shop-sidecar-1 (after 3): a new container takes its place
             9. rename container c00000000003_shop-sidecar-1 to shop-sidecar-1 (after 8): the old one is gone
            10. start container shop-sidecar-1 (after 7, 9): it is new
            """);
  }

  @Test
  void whateverDoesNotRunIsStarted() {
    Observed up = nodeMongo().up();
    assertThat(nodeMongo().plan(Edited.state(up, "shop-db-1", ContainerState.EXITED)))
        .hasToString(
            """
            1. start container shop-db-1: it has exited with code 0
            """);
    assertThat(nodeMongo().plan(Edited.state(up, "shop-web-1", ContainerState.PAUSED)))
        .hasToString(
            """
            1. start container shop-web-1: it is paused
            """);
  }

  @Test
  void oneShotServiceIsAwaitedAndRunsAgainWithTheNextUp() {
    Shop shop =
        Shop.of(
            service("migrate"),
            service("web")
                .dependsOn(new Dependency("migrate", Condition.COMPLETED, false, true)));
    assertThat(shop.plan(shop.empty()))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create container shop-migrate-1 (after 1): migrate has no container yet
            3. start container shop-migrate-1 (after 2): it is new
            4. create container shop-web-1 (after 1): web has no container yet
            5. wait for service migrate to complete successfully (after 3): needed by web (service_completed_successfully)
            6. start container shop-web-1 (after 4, 5): it is new
            """);
    assertThat(shop.plan(Edited.state(shop.up(), "shop-migrate-1", ContainerState.EXITED)))
        .hasToString(
            """
            1. start container shop-migrate-1: it has exited with code 0
            """);
  }

  @Test
  void optionalDependencyIsAwaitedSoThatItsFailureIsAWarning() {
    Shop shop =
        Shop.of(
            service("cache"),
            service("web").dependsOn(new Dependency("cache", Condition.STARTED, false, false)));
    assertThat(shop.plan(shop.empty()))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create container shop-cache-1 (after 1): cache has no container yet
            3. start container shop-cache-1 (after 2): it is new
            4. create container shop-web-1 (after 1): web has no container yet
            5. wait for service cache to be started (after 3): needed by web (service_started)
            6. start container shop-web-1 (after 4, 5): it is new
            """);
  }

  @Test
  void forceRecreatesTheNamedServicesOnly() {
    assertThat(
            Planner.up(
                nodeMongo().project(),
                nodeMongo().up(),
                recreate(RecreatePolicy.FORCE, RecreatePolicy.CHANGED, "web")))
        .hasToString(
            """
            1. recreate container shop-web-1: it was asked for
            2. stop container shop-web-1 (after 1): a new container takes its place
            3. remove container shop-web-1 (after 2): a new container takes its place
            4. rename container c00000000003_shop-web-1 to shop-web-1 (after 3): the old one is gone
            5. start container shop-web-1 (after 4): it is new
            """);
  }

  @Test
  void noRecreateKeepsWhatDiffersAndStartsWhatIsThere() {
    Shop edited = nodeMongo().service(web().image("web:2"));
    assertThat(
            Planner.up(
                edited.project(),
                nodeMongo().up(),
                recreate(RecreatePolicy.NEVER, RecreatePolicy.NEVER)))
        .hasToString("");
  }

  @Test
  void alwaysRecreateDepsReplacesTheOthers() {
    assertThat(
            Planner.up(
                nodeMongo().project(),
                nodeMongo().up(),
                recreate(RecreatePolicy.CHANGED, RecreatePolicy.FORCE, "web")))
        .hasToString(
            """
            1. recreate container shop-db-1: it was asked for
            2. stop container shop-db-1 (after 1): a new container takes its place
            3. remove container shop-db-1 (after 2): a new container takes its place
            4. rename container c00000000002_shop-db-1 to shop-db-1 (after 3): the old one is gone
            5. start container shop-db-1 (after 4): it is new
            """);
  }

  @Test
  void namedServiceBringsItsDependenciesAndNothingElse() {
    Shop shop = nodeMongo().service(service("other"));
    assertThat(
            Planner.up(
                shop.project(), shop.empty(), UpOptions.DEFAULT.withServices(Set.of("web"))))
        .hasToString(nodeMongo().plan(nodeMongo().empty()).toString());
  }

  /** The loader takes out what nobody uses, unless it is told --all-resources. */
  @Test
  void whatNobodyUsesIsMadeWhereTheWholeProjectIsAskedFor() {
    Shop shop =
        Shop.of(service("web")).network(NetworkSpec.of("lone", "shop_lone")).volume(VolumeSpec.of("spare", "shop_spare"));
    assertThat(Planner.up(shop.project(), shop.empty(), UpOptions.DEFAULT).toString())
        .contains("create network shop_lone", "create volume shop_spare");
    assertThat(
            Planner.up(shop.project(), shop.empty(), UpOptions.DEFAULT.withServices(Set.of("web"))).toString())
        .doesNotContain("lone", "spare");
  }

  @Test
  void withoutDependenciesNobodyIsMadeOrAwaited() {
    UpOptions noDeps =
        new UpOptions(
            Set.of("web"),
            false,
            RecreatePolicy.CHANGED,
            RecreatePolicy.CHANGED,
            Map.of(),
            true,
            Orphans.WARN,
            false,
            Optional.empty(),
            Set.of());
    assertThat(Planner.up(nodeMongo().project(), nodeMongo().empty(), noDeps))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create container shop-web-1 (after 1): web has no container yet
            3. start container shop-web-1 (after 2): it is new
            """);
  }

  @Test
  void withoutStartEverythingIsOnlyCreated() {
    UpOptions noStart =
        new UpOptions(
            Set.of(),
            true,
            RecreatePolicy.CHANGED,
            RecreatePolicy.CHANGED,
            Map.of(),
            false,
            Orphans.WARN,
            false,
            Optional.empty(),
            Set.of());
    assertThat(Planner.up(nodeMongo().project(), nodeMongo().empty(), noStart))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create volume shop_data: there is none yet
            3. create container shop-db-1 (after 1, 2): db has no container yet
            4. create container shop-web-1 (after 1): web has no container yet
            """);
  }

  @Test
  void anonymousVolumesAreTakenOverUnlessRenewedOrOverlaid() {
    Shop before = Shop.of(service("web").storage(Storage.of(anonymous("/a"), anonymous("/b"))));
    Observed up = before.up();
    String volume = up.containers().getFirst().volumes().get("/a").name();
    Shop after =
        Shop.of(
                service("web")
                    .storage(Storage.of(anonymous("/a"), mount("data", "/b"))))
            .volume(VolumeSpec.of("data", "shop_data"));
    assertThat(inherited(after.plan(up))).isEqualTo(Map.of("/a", volume));
    UpOptions renew =
        new UpOptions(
            Set.of(),
            true,
            RecreatePolicy.FORCE,
            RecreatePolicy.CHANGED,
            Map.of(),
            true,
            Orphans.WARN,
            true,
            Optional.empty(),
            Set.of());
    assertThat(inherited(Planner.up(before.project(), up, renew))).isEmpty();
  }

  private static Map<String, String> inherited(Plan plan) {
    return plan.steps().stream()
        .map(Step::action)
        .filter(Action.CreateContainer.class::isInstance)
        .map(action -> ((Action.CreateContainer) action).inherited())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void providedServiceIsNamedAndNotAwaited() {
    Shop shop =
        Shop.of(
            service("tunnel").provider(new Provider("vpn", Map.of())),
            service("web").dependsOn(Dependency.started("tunnel")));
    assertThat(shop.plan(shop.empty()))
        .hasToString(
            """
            1. create network shop_default: there is none yet
            2. create container shop-web-1 (after 1): web has no container yet
            3. start container shop-web-1 (after 2): it is new
            ! Service "tunnel" is not started: the program "vpn" has to provide it, and jcompose runs containers only.
            """);
  }

  @Test
  void unknownServiceIsRefusedWithTheOnesThatThereAre() {
    assertThatThrownBy(
            () ->
                Planner.up(
                    nodeMongo().project(),
                    nodeMongo().empty(),
                    UpOptions.DEFAULT.withServices(Set.of("wbe"))))
        .isInstanceOf(PlanException.class)
        .hasMessage("no such service: wbe; the project has db, web");
  }

  @Test
  void switchedOffServiceIsRefusedWithItsProfile() {
    Shop shop = nodeMongo().disabled("debug", "dev");
    assertThatThrownBy(
            () ->
                Planner.up(
                    shop.project(),
                    shop.empty(),
                    UpOptions.DEFAULT.withServices(Set.of("debug"))))
        .hasMessage("service \"debug\" is off; enable it with --profile dev");
  }
}
