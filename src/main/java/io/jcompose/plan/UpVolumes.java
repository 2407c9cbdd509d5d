package io.jcompose.plan;

import io.jcompose.plan.PlanBuilder.Node;
import java.util.HashMap;
import java.util.Map;

/** The steps on named volumes of an {@code up}. */
final class UpVolumes {
  private final UpPlanner up;
  private final PlanBuilder plan;
  private final Steps steps;
  private final Map<String, Node> removals = new HashMap<>();

  UpVolumes(UpPlanner up, PlanBuilder plan, Steps steps) {
    this.up = up;
    this.plan = plan;
    this.steps = steps;
  }

  /** The steps that make volumes, by key. */
  Map<String, Node> create() {
    Map<String, Node> created = new HashMap<>();
    up.volumes
        .created()
        .forEach(
            (key, spec) ->
                created.put(
                    key,
                    plan.add(
                        new Action.CreateVolume(
                            key,
                            spec.name(),
                            ConfigKeys.of(spec)),
                        "there is none yet")));
    up.volumes
        .replaced()
        .forEach(
            (key, replacement) -> {
              Cause cause =
                  new Cause(
                      "its settings changed, and its data may be lost", replacement.changes());
              Node remove =
                  plan.add(new Action.RemoveVolume(replacement.volume().name()), cause);
              removals.put(key, remove);
              created.put(
                  key,
                  plan.add(
                          new Action.CreateVolume(
                              key,
                              replacement.spec().name(),
                              ConfigKeys.of(replacement.spec())),
                          "the old one is gone")
                      .after(remove));
            });
    return created;
  }

  /** Takes the volumes that are made anew away from all containers, also from those that stay out. */
  void release() {
    up.volumes
        .replaced()
        .forEach(
            (key, replacement) ->
                VolumeDecisions.users(up.observed, replacement.volume().name())
                    .forEach(
                        container ->
                            removals
                                .get(key)
                                .after(
                                    steps.remove(
                                        container, false, "a volume of it is made anew"))));
  }
}
