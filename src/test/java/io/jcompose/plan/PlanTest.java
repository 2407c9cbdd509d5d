package io.jcompose.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.compose.model.Dependency;
import io.jcompose.compose.model.Dependency.Condition;
import io.jcompose.plan.PlanBuilder.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How plans are put together, joined and told as data; and the order of services. */
class PlanTest {

  private static Action remove(String name) {
    return new Action.RemoveVolume(name);
  }

  private static List<List<Integer>> edges(Plan plan) {
    return plan.steps().stream().map(Step::after).toList();
  }

  @Test
  void stepsFollowWhatTheyWaitForAndElseKeepTheirOrder() {
    PlanBuilder builder = new PlanBuilder();
    Node first = builder.add(remove("first"), "x");
    Node second = builder.add(remove("second"), "x");
    Node third = builder.add(remove("third"), "x");
    first.after(third);
    Plan plan = builder.build();
    assertThat(plan.steps())
        .extracting(step -> step.action().subject())
        .containsExactly("second", "third", "first");
    assertThat(edges(plan)).containsExactly(List.of(), List.of(), List.of(2));
    assertThat(second).isNotNull();
  }

  @Test
  void impliedEdgesAreLeftOutButNotThroughAnOptionalWait() {
    PlanBuilder builder = new PlanBuilder();
    Node first = builder.add(remove("first"), "x");
    Node second = builder.add(remove("second"), "x").after(first);
    builder.add(remove("third"), "x").after(first).after(second);
    Node optional =
        builder
            .add(new Action.AwaitDependency("a", Condition.STARTED, false), "x")
            .after(first);
    builder.add(remove("last"), "x").after(first).after(optional);
    assertThat(edges(builder.build()))
        .containsExactly(List.of(), List.of(1), List.of(2), List.of(1), List.of(1, 4));
  }

  @Test
  void stepsThatWaitForEachOtherAreAMistakeOfThePlanner() {
    PlanBuilder builder = new PlanBuilder();
    Node first = builder.add(remove("first"), "x");
    first.after(builder.add(remove("second"), "x").after(first));
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDryRunShowsBothPhasesInOnePlan() {
    Shop shop = Shop.of(Shop.service("web"));
    Observed nothing = Observed.nothing("shop");
    Plan images = Planner.images(shop.project(), nothing, ImageOptions.DEFAULT);
    assertThat(images.followedBy(Planner.up(shop.project(), nothing, UpOptions.DEFAULT)))
        .hasToString(
            """
            1. pull image web:1: it is not in the store
            2. create network shop_default (after 1): there is none yet
            3. create container shop-web-1 (after 2): web has no container yet
            4. start container shop-web-1 (after 3): it is new
            """);
  }

  @Test
  void dataHasWhatTheTextHas() {
    Shop before = UpTest.nodeMongo();
    Shop edited = before.service(UpTest.web().process(Shop.environment(Map.of("A", "b"))));
    Map<String, Object> data = edited.plan(UpTest.nodeMongo().up()).data();
    assertThat(data).containsEntry("kept", List.of("shop-db-1"));
    assertThat(((List<?>) data.get("steps")).getFirst())
        .isEqualTo(
            Map.of(
                "id",
                1,
                "action",
                "recreate",
                "kind",
                "container",
                "subject",
                "shop-web-1",
                "after",
                List.of(),
                "cause",
                "its settings changed",
                "changes",
                List.of(Map.of("key", "environment.A", "before", "", "after", "\"b\""))));
  }

  @Test
  void dependenciesComeFirstAndCyclesEnd() {
    Shop shop =
        Shop.of(
            Shop.service("a").dependsOn(Dependency.started("b")),
            Shop.service("b").dependsOn(Dependency.started("c")),
            Shop.service("c").dependsOn(Dependency.started("a")),
            Shop.service("d"));
    Graph graph = Graph.of(shop.project(), shop.empty());
    assertThat(graph.order()).containsExactly("c", "b", "a", "d");
    assertThat(graph.withDependencies(Set.of("b"))).containsExactly("b", "c");
    assertThat(shop.plan(shop.empty()).steps()).hasSize(9);
  }
}
