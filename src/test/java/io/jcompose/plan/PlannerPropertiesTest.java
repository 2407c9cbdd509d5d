package io.jcompose.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Project;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every plan, whatever the project was before and is now. */
class PlannerPropertiesTest {

  /** The project as it was made, then with some containers stopped, paused or never started. */
  private static Observed before(long seed, Shop shop) {
    Shop earlier = RandomShop.of(seed);
    Observed up = earlier.upOver(images(shop, earlier));
    Random random = new Random(seed);
    List<ObservedContainer> containers = new ArrayList<>();
    for (ObservedContainer c : up.containers()) {
      ContainerState state =
          random.nextInt(4) == 0
              ? ContainerState.values()[random.nextInt(ContainerState.values().length)]
              : c.state();
      containers.add(
          new ObservedContainer(
              c.id(),
              c.name(),
              c.service(),
              c.number(),
              c.oneOff(),
              state,
              c.health(),
              c.exitCode(),
              c.config(),
              c.imageId(),
              c.networks(),
              c.volumes(),
              c.namespaceOwners(),
              c.dependsOn(),
              c.replaces()));
    }
    return new Observed(
        "shop", up.taken(), containers, up.networks(), up.volumes(), up.images());
  }

  private static Observed images(Shop one, Shop other) {
    Map<String, ObservedImage> images = new java.util.HashMap<>(one.empty().images());
    images.putAll(other.empty().images());
    return one.empty().withImages(images);
  }

  /** An orphan that may stay, unless it has a name that a service may want. */
  private static Orphans orphans(Random random, Project project, Observed before) {
    boolean inTheWay =
        before.containers().stream()
            .anyMatch(c -> !project.knows(c.service()) && !c.name().startsWith("shop-"));
    return inTheWay || random.nextBoolean() ? Orphans.REMOVE : Orphans.IGNORE;
  }

  private static UpOptions options(Random random, Project project, Observed before) {
    return new UpOptions(
        Set.of(),
        true,
        RecreatePolicy.CHANGED,
        RecreatePolicy.CHANGED,
        Map.of(),
        true,
        orphans(random, project, before),
        random.nextBoolean(),
        Optional.empty(),
        random.nextBoolean() ? Set.of("data", "logs") : Set.of());
  }

  private static UpOptions withoutOrphans() {
    return new UpOptions(
        Set.of(),
        true,
        RecreatePolicy.CHANGED,
        RecreatePolicy.CHANGED,
        Map.of(),
        true,
        Orphans.REMOVE,
        false,
        Optional.empty(),
        Set.of());
  }

  /** The steps in another order that the plan allows. */
  private static Plan shuffled(Plan plan, Random random) {
    List<Step> open = new ArrayList<>(plan.steps());
    List<Step> order = new ArrayList<>();
    Set<Integer> done = new HashSet<>();
    while (!open.isEmpty()) {
      List<Step> ready = open.stream().filter(s -> done.containsAll(s.after())).toList();
      Step next = ready.get(random.nextInt(ready.size()));
      open.remove(next);
      order.add(next);
      done.add(next.id());
    }
    return new Plan(order, plan.keepGoing(), plan.kept(), plan.notices(), plan.questions());
  }

  @Property(tries = 300)
  void afterAPlanThereIsNothingLeftToPlan(@ForAll long was, @ForAll long is) {
    Shop shop = RandomShop.of(is);
    Project project = shop.project();
    Random random = new Random(was ^ is);
    Observed before = before(was, shop);
    UpOptions options = options(random, project, before);

    Plan plan = Planner.up(project, before, options);
    Observed after = Simulation.after(shuffled(plan, random), project, before);

    assertThat(Planner.up(project, after, options)).hasToString(questions(plan));
  }

  /** Questions that nobody answered stay. */
  private static String questions(Plan plan) {
    return new Plan(List.of(), false, List.of(), List.of(), plan.questions()).toString();
  }

  @Property(tries = 300)
  void anInterruptedPlanIsTakenUpAgain(@ForAll long was, @ForAll long is) {
    Shop shop = RandomShop.of(is);
    Project project = shop.project();
    Random random = new Random(was ^ is);
    Observed before = before(was, shop);
    UpOptions options = options(random, project, before);

    Plan plan = shuffled(Planner.up(project, before, options), random);
    int steps = random.nextInt(plan.steps().size() + 1);
    Observed interrupted = Simulation.after(plan, steps, project, before);
    Plan again = shuffled(Planner.up(project, interrupted, options), random);
    Observed after = Simulation.after(again, project, interrupted);

    assertThat(Planner.up(project, after, options).steps()).isEmpty();
  }

  /** Steps that wait for each other would throw. */
  @Property(tries = 150)
  void runHasAPlanWhateverWasThereBefore(@ForAll long was, @ForAll long is) {
    Shop shop = RandomShop.of(is);
    Project project = shop.project();
    Observed before = before(was, shop);
    Random random = new Random(was ^ is);
    for (String service : project.services().keySet()) {
      OneOff oneOff = new OneOff(service, "shop-" + service + "-run-1");
      assertThat(Planner.run(project, before, options(random, project, before), oneOff).steps())
          .extracting(Step::action)
          .anyMatch(
              action ->
                  action instanceof Action.CreateContainer create
                      && create.createdAs().equals(oneOff.container()));
    }
  }

  @Property(tries = 150)
  void anonymousVolumesStayWithTheirService(@ForAll long was, @ForAll long is) {
    Shop shop = RandomShop.of(is);
    Project project = shop.project();
    Observed before = before(was, shop);
    Plan plan = Planner.up(project, before, withoutOrphans());
    Observed after = Simulation.after(plan, project, before);

    for (ObservedContainer container : after.containers()) {
      before.containers().stream()
          .filter(old -> old.service().equals(container.service()))
          .filter(old -> old.number() == container.number())
          .filter(old -> old.volumes().containsKey("/scratch"))
          .filter(_ -> container.volumes().containsKey("/scratch"))
          .forEach(
              old ->
                  assertThat(container.volumes().get("/scratch"))
                      .isEqualTo(old.volumes().get("/scratch")));
    }
  }

  @Property(tries = 150)
  void nobodyLosesAVolumeWithoutHavingAgreed(@ForAll long was, @ForAll long is) {
    Shop shop = RandomShop.of(is);
    Plan plan = Planner.up(shop.project(), before(was, shop), UpOptions.DEFAULT);
    assertThat(plan.steps())
        .noneMatch(step -> step.action() instanceof Action.RemoveVolume)
        .noneMatch(
            step ->
                step.action() instanceof Action.RemoveContainer remove
                    && remove.withAnonymousVolumes());
  }

  @Property(tries = 150)
  void downLeavesNothingAndStopsDependentsFirst(@ForAll long seed) {
    Shop shop = RandomShop.of(seed);
    Project project = shop.project();
    Observed before = before(seed, shop);
    DownOptions options =
        new DownOptions(Set.of(), true, Orphans.WARN, DownOptions.Images.NONE, Optional.empty());
    Random random = new Random(seed);
    Plan plan = shuffled(Planner.down(project, before, options), random);

    Observed after = Simulation.after(plan, project, before);
    assertThat(after.containers()).isEmpty();
    assertThat(after.networks()).isEmpty();
    assertThat(after.volumes()).isEmpty();

    for (int i = 0; i < plan.steps().size(); i++) {
      if (plan.steps().get(i).action() instanceof Action.StopContainer stop) {
        Set<String> active =
            Simulation.after(plan, i, project, before).containers().stream()
                .filter(c -> c.state().active())
                .map(ObservedContainer::service)
                .collect(Collectors.toSet());
        active.retainAll(
            Graph.of(project, before).dependents(stop.container().service()));
        assertThat(active).isEmpty();
      }
    }
  }

  @Property(tries = 100)
  void downWithoutAFileLeavesNothingEither(@ForAll long seed) {
    Shop shop = RandomShop.of(seed);
    Observed before = before(seed, shop);
    DownOptions options =
        new DownOptions(Set.of(), true, Orphans.WARN, DownOptions.Images.NONE, Optional.empty());
    Project recorded = RecordedProject.of(before);
    Observed after =
        Simulation.after(Planner.down(recorded, before, options), recorded, before);
    assertThat(after.containers()).isEmpty();
    assertThat(after.networks()).isEmpty();
    assertThat(after.volumes()).isEmpty();
  }

  @Property(tries = 100)
  void restartStopsAndStartsWhatThereIs(@ForAll long seed) {
    Shop shop = RandomShop.of(seed);
    Project project = shop.project();
    Observed before = before(seed, shop);
    Plan plan = shuffled(Planner.restart(project, before, RestartOptions.DEFAULT), new Random(seed));
    Observed after = Simulation.after(plan, project, before);
    assertThat(after.containers()).allMatch(c -> c.state() == ContainerState.RUNNING);
    assertThat(after.containers())
        .extracting(ObservedContainer::id)
        .containsExactlyInAnyOrderElementsOf(
            before.containers().stream().map(ObservedContainer::id).toList());
  }
}
