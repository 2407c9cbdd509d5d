package io.jcompose.plan;

import static io.jcompose.plan.Shop.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Fingerprint;
import io.jcompose.compose.model.NetworkSpec;
import io.jcompose.compose.model.Port;
import io.jcompose.compose.model.ServiceBuilder;
import io.jcompose.compose.model.Storage;
import io.jcompose.compose.model.VolumeSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@code up} does with networks, volumes, replicas, orphans and what was interrupted. */
class UpResourcesTest {

  private static NetworkSpec network(String key, String name, boolean external, boolean internal) {
    NetworkSpec plain = NetworkSpec.of(key, name);
    return new NetworkSpec(
        key,
        name,
        external,
        plain.driver(),
        plain.driverOptions(),
        internal,
        false,
        plain.enableIpv4(),
        plain.enableIpv6(),
        plain.ipam(),
        plain.labels(),
        plain.fingerprint());
  }

  private static VolumeSpec volume(String name, boolean external, Map<String, String> options) {
    return new VolumeSpec(
        "data", name, external, Optional.empty(), options, Map.of(), Fingerprint.NONE);
  }

  private static Shop twoOnOneVolume() {
    ServiceBuilder db = service("db").storage(Storage.of(UpTest.mount("data", "/data")));
    return Shop.of(db, service("web")).volume(VolumeSpec.of("data", "shop_data"));
  }

  private static UpOptions scaled(Map<String, Integer> scale, Orphans orphans) {
    return new UpOptions(
        Set.of(),
        true,
        RecreatePolicy.CHANGED,
        RecreatePolicy.CHANGED,
        scale,
        true,
        orphans,
        false,
        Optional.empty(),
        Set.of());
  }

  @Test
  void changedNetworkIsMadeAnewUnderContainersThatKeepTheirIdentity() {
    Shop before = Shop.of(service("web"), service("db"));
    Shop after =
        Shop.of(service("web"), service("db"))
            .network(network("default", "shop_default", false, true));
    assertThat(after.plan(before.up()))
        .hasToString(
            """
             1. stop container shop-db-1: network default is made anew
             2. stop container shop-web-1: network default is made anew
             3. disconnect container shop-db-1 from shop_default (after 1): network default is made anew
             4. disconnect container shop-web-1 from shop_default (after 2): network default is made anew
             5. remove network shop_default (after 3, 4): its settings changed
                  internal: added true
             6. create network shop_default (after 5): its settings changed
                  internal: added true
             7. connect container shop-db-1 to shop_default (after 6): network default is made anew
             8. start container shop-db-1 (after 7): network default is made anew
             9. connect container shop-web-1 to shop_default (after 6): network default is made anew
            10. start container shop-web-1 (after 9): network default is made anew
            """);
  }

  @Test
  void containerOnAChangedNetworkIsReplacedInTheSameMove() {
    Shop before = Shop.of(service("web"), service("db"));
    Shop after =
        Shop.of(service("web").image("web:2"), service("db"))
            .network(network("default", "shop_default", false, true));
    assertThat(after.plan(before.up()))
        .hasToString(
            """
             1. stop container shop-db-1: network default is made anew
             2. stop container shop-web-1: a new container takes its place
             3. disconnect container shop-db-1 from shop_default (after 1): network default is made anew
             4. disconnect container shop-web-1 from shop_default (after 2): network default is made anew
             5. remove network shop_default (after 3, 4): its settings changed
                  internal: added true
             6. create network shop_default (after 5): its settings changed
                  internal: added true
             7. recreate container shop-web-1 (after 6): its settings changed
                  image: "web:1" → "web:2"
             8. remove container shop-web-1 (after 7): a new container takes its place
             9. rename container c00000000003_shop-web-1 to shop-web-1 (after 8): the old one is gone
            10. start container shop-web-1 (after 9): it is new
            11. connect container shop-db-1 to shop_default (after 6): network default is made anew
            12. start container shop-db-1 (after 11): network default is made anew
            """);
  }

  private static ServiceBuilder published(String service, int port) {
    return service(service).networking(Shop.on("default").withPorts(List.of(Port.tcp(port, 80))));
  }

  @Test
  void aPortGoesFromOneServiceToAnother() {
    Shop before = Shop.of(published("api", 8080), service("web"));
    Shop after = Shop.of(service("api"), published("web", 8080));
    assertThat(after.plan(before.up()))
        .hasToString(
            """
             1. recreate container shop-api-1: its settings changed
                  ports[80/tcp]: removed 8080
             2. stop container shop-api-1 (after 1): a new container takes its place
             3. remove container shop-api-1 (after 2): a new container takes its place
             4. rename container c00000000002_shop-api-1 to shop-api-1 (after 3): the old one is gone
             5. start container shop-api-1 (after 4): it is new
             6. recreate container shop-web-1: its settings changed
                  ports[80/tcp]: added 8080
             7. stop container shop-web-1 (after 6): a new container takes its place
             8. remove container shop-web-1 (after 7): a new container takes its place
             9. rename container c00000000003_shop-web-1 to shop-web-1 (after 8): the old one is gone
            10. start container shop-web-1 (after 3, 9): it is new
            """);
  }

  @Test
  void aRenamedServiceTakesThePortOfTheOneThatIsRemoved() {
    Shop after = Shop.of(published("api", 8080));
    Plan plan =
        Planner.up(
            after.project(),
            Shop.of(published("web", 8080)).up(),
            scaled(Map.of(), Orphans.REMOVE));
    assertThat(plan)
        .hasToString(
            """
            1. stop container shop-web-1: no service of the file stands for it
            2. remove container shop-web-1 (after 1): no service of the file stands for it
            3. create container shop-api-1: api has no container yet
            4. start container shop-api-1 (after 2, 3): it is new
            """);
  }

  @Test
  void namesAreExchanged() {
    Shop before = Shop.of(service("api").containerName("one"), service("web").containerName("two"));
    Shop after = Shop.of(service("api").containerName("two"), service("web").containerName("one"));
    assertThat(after.plan(before.up()).toString())
        .contains("rename container c00000000002_two to two (after 3, 6)")
        .contains("rename container c00000000003_one to one (after 3, 6)");
  }

  private static ServiceBuilder livingWith(String owner, ServiceBuilder service) {
    return service
        .networking(Shop.mode("service:" + owner))
        .dependsOn(new Dependency(owner, Dependency.Condition.STARTED, false, true));
  }

  @Test
  void namesGoRoundAmongServicesThatAreMadeOnTopOfEachOther() {
    Shop before =
        Shop.of(
            service("db").containerName("one"),
            livingWith("db", service("api").containerName("two")));
    Shop after =
        Shop.of(
            service("cache").containerName("one"),
            livingWith("cache", service("db").containerName("two")),
            livingWith("db", service("api").containerName("three")));
    Plan plan = after.plan(before.up());
    assertThat(after.plan(Simulation.after(plan, after.project(), before.up())).steps()).isEmpty();
    assertThat(plan.toString())
        .contains("remove container one")
        .contains("remove container two")
        .doesNotContain("rename");
  }

  @Test
  void whatRestartsWithANamesHolderStopsBeforeItsOwnSuccessorIsMade() {
    Dependency restart = new Dependency("job", Dependency.Condition.STARTED, true, true);
    Shop before =
        Shop.of(service("job").containerName("one"), service("tls").dependsOn(restart));
    Shop after =
        Shop.of(
            service("job"),
            service("web").containerName("one"),
            livingWith("web", service("tls").dependsOn(restart)));
    Plan plan = after.plan(before.up());
    assertThat(after.plan(Simulation.after(plan, after.project(), before.up())).steps()).isEmpty();
    List<String> steps = plan.steps().stream().map(step -> step.action().toString()).toList();
    assertThat(position(steps, "StopContainer", "shop-tls-1"))
        .isLessThan(position(steps, "CreateContainer", "name=shop-tls-1"));
  }

  private static int position(List<String> steps, String verb, String container) {
    return IntStream.range(0, steps.size())
        .filter(i -> steps.get(i).startsWith(verb) && steps.get(i).contains(container))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void renamedNetworkIsMadeFirstAndTheOldOneGoesLast() {
    Shop after =
        Shop.of(service("web")).network(NetworkSpec.of("default", "shop_lan"));
    assertThat(after.plan(Shop.of(service("web")).up()))
        .hasToString(
            """
            1. create network shop_lan: there is none yet
            2. recreate container shop-web-1 (after 1): network default is new
            3. stop container shop-web-1 (after 2): a new container takes its place
            4. remove container shop-web-1 (after 3): a new container takes its place
            5. rename container c00000000002_shop-web-1 to shop-web-1 (after 4): the old one is gone
            6. start container shop-web-1 (after 5): it is new
            7. remove network shop_default (after 4): "default" has another name now
            """);
  }

  private static NetworkSpec withSubnet(String name) {
    NetworkSpec plain = NetworkSpec.of("default", name);
    NetworkSpec.Pool pool =
        new NetworkSpec.Pool(
            Optional.of("10.9.0.0/24"), Optional.empty(), Optional.empty(), Map.of());
    return new NetworkSpec(
        "default",
        name,
        false,
        plain.driver(),
        plain.driverOptions(),
        false,
        false,
        plain.enableIpv4(),
        plain.enableIpv6(),
        new NetworkSpec.Ipam(Optional.empty(), List.of(pool), Map.of()),
        plain.labels(),
        plain.fingerprint());
  }

  @Test
  void renamedNetworkOfTheSameSubnetTakesTheOldOnesPlace() {
    Shop before = Shop.of(service("web")).network(withSubnet("shop_default"));
    Shop after = Shop.of(service("web")).network(withSubnet("lan"));
    assertThat(after.plan(before.up()))
        .hasToString(
            """
            1. stop container shop-web-1: network default is made anew
            2. disconnect container shop-web-1 from shop_default (after 1): network default is made anew
            3. remove network shop_default (after 2): its name changed
                 name: "shop_default" → "lan"
            4. create network lan (after 3): its name changed
                 name: "shop_default" → "lan"
            5. connect container shop-web-1 to lan (after 4): network default is made anew
            6. start container shop-web-1 (after 5): network default is made anew
            """);
  }

  @Test
  void externalNetworkHasToExistAndIsNeverTouched() {
    Shop shop = Shop.of(service("web")).network(network("default", "lan", true, true));
    assertThatThrownBy(() -> shop.plan(shop.empty()))
        .isInstanceOf(PlanException.class)
        .hasMessage(
            "networks.default: the external network \"lan\" does not exist; create it first, or"
                + " take \"external\" away so that this project makes it");
    Observed there =
        new Observed(
            "shop",
            shop.empty().taken(),
            List.of(),
            List.of(new ObservedNetwork("n1", "lan", "", "", Config.NONE)),
            List.of(),
            shop.empty().images());
    assertThat(shop.plan(there))
        .hasToString(
            """
            1. create container shop-web-1: web has no container yet
            2. start container shop-web-1 (after 1): it is new
            """);
  }

  @Test
  void foreignNetworkIsUsedWithAWord() {
    Shop shop = Shop.of(service("web"));
    Observed there =
        new Observed(
            "shop",
            shop.empty().taken(),
            List.of(),
            List.of(new ObservedNetwork("n1", "shop_default", "", "", Config.NONE)),
            List.of(),
            shop.empty().images());
    assertThat(shop.plan(there))
        .hasToString(
            """
            1. create container shop-web-1: web has no container yet
            2. start container shop-web-1 (after 1): it is new
            ! Network "shop_default" exists but was not made for project "shop"; it is used as it is. Say "external: true" if that is meant.
            """);
  }

  @Test
  void changedVolumeIsAQuestionAndNoIsTheAnswer() {
    Shop after = twoOnOneVolume().volume(volume("shop_data", false, Map.of("type", "tmpfs")));
    assertThat(after.plan(twoOnOneVolume().up()))
        .hasToString(
            """
            ? Volume "shop_data" exists with other settings than the file gives it. Recreate it? All its data will be lost
                 driver_opts.type: added "tmpfs"
            """);
  }

  @Test
  void changedVolumeIsMadeAnewOnceTheUserAgrees() {
    Shop after = twoOnOneVolume().volume(volume("shop_data", false, Map.of("type", "tmpfs")));
    assertThat(
            Planner.up(
                after.project(),
                twoOnOneVolume().up(),
                UpOptions.DEFAULT.withRecreatedVolume("data")))
        .hasToString(
            """
            1. stop container shop-db-1: a new container takes its place
            2. remove container shop-db-1 (after 1): a new container takes its place
            3. remove volume shop_data (after 2): its settings changed, and its data may be lost
                 driver_opts.type: added "tmpfs"
            4. create volume shop_data (after 3): the old one is gone
            5. create container shop-db-1 (after 4): a volume of it is made anew
            6. start container shop-db-1 (after 5): it is new
            """);
  }

  @Test
  void renamedVolumeLeavesTheOldOneWithItsData() {
    Shop after = twoOnOneVolume().volume(volume("shop_data2", false, Map.of()));
    assertThat(after.plan(twoOnOneVolume().up()))
        .hasToString(
            """
            1. create volume shop_data2: there is none yet
            2. recreate container shop-db-1 (after 1): volume shop_data2 is not mounted at /data
            3. stop container shop-db-1 (after 2): a new container takes its place
            4. remove container shop-db-1 (after 3): a new container takes its place
            5. rename container c00000000002_shop-db-1 to shop-db-1 (after 4): the old one is gone
            6. start container shop-db-1 (after 5): it is new
            ! Volume "shop_data" stays with its data; "data" is "shop_data2" from now on, and that one starts empty.
            """);
  }

  @Test
  void scaleUpAddsNumbersAboveAllOthersAndStartsThemOneByOne() {
    Shop shop = Shop.of(service("web"));
    assertThat(
            Planner.up(shop.project(), shop.up(), scaled(Map.of("web", 3), Orphans.WARN)))
        .hasToString(
            """
            1. create container shop-web-2: web has 1 of 3 containers
            2. create container shop-web-3: web has 1 of 3 containers
            3. start container shop-web-2 (after 1): it is new
            4. start container shop-web-3 (after 2, 3): it is new
            """);
  }

  @Test
  void scaleDownTakesTheHighestNumbers() {
    Shop shop = Shop.of(service("web").replicas(3));
    assertThat(
            Planner.up(shop.project(), shop.up(), scaled(Map.of("web", 1), Orphans.WARN)))
        .hasToString(
            """
            1. stop container shop-web-2: web is scaled to 1
            2. remove container shop-web-2 (after 1): web is scaled to 1
            3. stop container shop-web-3: web is scaled to 1
            4. remove container shop-web-3 (after 3): web is scaled to 1
            """);
  }

  @Test
  void scaleDownTakesAnOutOfDateReplicaRatherThanAGoodOne() {
    Shop shop = Shop.of(service("web").replicas(2));
    Observed stale =
        Edited.containers(
            shop.up(),
            c ->
                c.number() == 1
                    ? new ObservedContainer(
                        c.id(),
                        c.name(),
                        c.service(),
                        1,
                        false,
                        c.state(),
                        c.health(),
                        0,
                        Config.NONE,
                        c.imageId(),
                        c.networks(),
                        c.volumes(),
                        Set.of(),
                        List.of(),
                        "")
                    : c);
    assertThat(
            Planner.up(shop.project(), stale, scaled(Map.of("web", 1), Orphans.WARN)))
        .hasToString(
            """
            1. stop container shop-web-1: web is scaled to 1
            2. remove container shop-web-1 (after 1): web is scaled to 1
            """);
  }

  @Test
  void containerNameAllowsOneContainerOnly() {
    Shop shop = Shop.of(service("web").containerName("site").replicas(2));
    assertThatThrownBy(() -> shop.plan(shop.empty()))
        .isInstanceOf(PlanException.class)
        .hasMessage(
            "services.web.container_name: only one container can have the name \"site\", and 2 are"
                + " asked for; take container_name away or ask for one");
  }

  private static Observed withOrphans(Shop shop) {
    ObservedContainer web = shop.up().containers().getFirst();
    Observed old = Edited.and(shop.up(), Edited.as(web, "o1", "shop-old-1", "old", false));
    Observed running = Edited.and(old, Edited.as(web, "o2", "shop-web-run-1", "web", true));
    return Edited.and(
        running,
        Edited.in(
            Edited.as(web, "o3", "shop-web-run-2", "web", true), ContainerState.EXITED));
  }

  @Test
  void orphansAreNamedAndStay() {
    Shop shop = Shop.of(service("web"));
    assertThat(shop.plan(withOrphans(shop)))
        .hasToString(
            """
            ! Orphan containers: shop-old-1. No service of the file stands for them; --remove-orphans removes them.
            """);
    assertThat(
            Planner.up(
                shop.project(), withOrphans(shop), scaled(Map.of(), Orphans.IGNORE)))
        .hasToString("");
  }

  @Test
  void orphansAndEndedOneOffsGoWhenAskedFor() {
    Shop shop = Shop.of(service("web"));
    assertThat(
            Planner.up(
                shop.project(), withOrphans(shop), scaled(Map.of(), Orphans.REMOVE)))
        .hasToString(
            """
            1. stop container shop-old-1: no service of the file stands for it
            2. remove container shop-old-1 (after 1): no service of the file stands for it
            3. remove container shop-web-run-2: no service of the file stands for it
            """);
  }

  @Test
  void containersOfSwitchedOffServicesAreNoOrphans() {
    Shop shop = Shop.of(service("web"));
    ObservedContainer web = shop.up().containers().getFirst();
    Observed debug = Edited.and(shop.up(), Edited.as(web, "d1", "shop-debug-1", "debug", false));
    assertThat(shop.disabled("debug", "dev").plan(debug)).hasToString("");
  }

  @Test
  void whatAnInterruptedReplacementLeftIsTidiedUp() {
    Shop before = Shop.of(service("web"));
    Shop after = Shop.of(service("web").image("web:2"));
    Observed up = before.up();
    Plan plan = after.plan(up);
    assertThat(after.plan(Simulation.after(plan, 1, after.project(), up)))
        .hasToString(
            """
            1. remove container c00000000002_shop-web-1: it is left over from a replacement that was interrupted
            2. recreate container shop-web-1 (after 1): its settings changed
                 image: "web:1" → "web:2"
            3. stop container shop-web-1 (after 2): a new container takes its place
            4. remove container shop-web-1 (after 3): a new container takes its place
            5. rename container c00000000002_shop-web-1 to shop-web-1 (after 4): the old one is gone
            6. start container shop-web-1 (after 5): it is new
            """);
    assertThat(after.plan(Simulation.after(plan, 3, after.project(), up)))
        .hasToString(
            """
            1. rename container c00000000002_shop-web-1 to shop-web-1: its replacement was interrupted before it got its name
            2. start container shop-web-1 (after 1): it was created and never started
            """);
  }
}
