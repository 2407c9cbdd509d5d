package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.VolumeSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What becomes of the named volumes that some services need.
 *
 * @param created by key: they don't exist
 * @param replaced by key: they exist with other settings, and the user agrees to lose the data
 * @param questions those where nobody has agreed yet
 * @param notices about data that stays behind, and volumes that somebody else made
 */
record VolumeDecisions(
    SortedMap<String, VolumeSpec> created,
    SortedMap<String, Replacement> replaced,
    List<Question> questions,
    List<Notice> notices) {

  /** A volume that is removed and made again. */
  record Replacement(VolumeSpec spec, ObservedVolume volume, List<Change> changes) {}

  static VolumeDecisions of(
      Project project, Observed observed, Collection<String> keys, Set<String> agreed) {
    VolumeDecisions decisions =
        new VolumeDecisions(
            new TreeMap<>(), new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
    for (String key : keys) {
      VolumeSpec spec = project.volumes().get(key);
      if (spec == null) {
        throw Wording.at(project, "volumes." + key, "no such volume is defined");
      }
      decisions.decide(project, observed, spec, agreed.contains(key));
    }
    return decisions;
  }

  private void decide(Project project, Observed observed, VolumeSpec spec, boolean agreed) {
    Optional<ObservedVolume> found =
        observed.volumes().stream().filter(v -> v.name().equals(spec.name())).findFirst();
    if (found.isEmpty()) {
      if (spec.external()) {
        throw Wording.at(
            project,
            "volumes." + spec.key(),
            "the external volume \""
                + spec.name()
                + "\" does not exist; create it first, or take \"external\" away so that this"
                + " project makes it");
      }
      created.put(spec.key(), spec);
      noticeRenamed(project, observed, spec);
      return;
    }
    ObservedVolume volume = found.get();
    if (spec.external()) {
      return;
    }
    if (!volume.project().equals(project.name())) {
      notices.add(
          new Notice(
              Notice.Kind.FOREIGN,
              "Volume \""
                  + spec.name()
                  + "\" exists but was not made for project \""
                  + project.name()
                  + "\"; it is used as it is. Say \"external: true\" if that is meant."));
      return;
    }
    List<Change> changes = volume.config().changesTo(ConfigKeys.of(spec));
    if (volume.config().recorded() && !changes.isEmpty()) {
      if (agreed) {
        replaced.put(spec.key(), new Replacement(spec, volume, changes));
      } else {
        questions.add(
            new Question(
                spec.key(),
                spec.name(),
                changes,
                users(observed, spec.name()).stream().map(ObservedContainer::name).toList()));
      }
    }
  }

  private void noticeRenamed(Project project, Observed observed, VolumeSpec spec) {
    observed.volumes().stream()
        .filter(v -> v.project().equals(project.name()) && v.key().equals(spec.key()))
        .forEach(
            v ->
                notices.add(
                    new Notice(
                        Notice.Kind.KEPT,
                        "Volume \""
                            + v.name()
                            + "\" stays with its data; \""
                            + spec.key()
                            + "\" is \""
                            + spec.name()
                            + "\" from now on, and that one starts empty.")));
  }

  /** The containers that have this volume mounted. */
  static List<ObservedContainer> users(Observed observed, String volume) {
    return observed.containers().stream()
        .filter(c -> c.volumes().values().stream().anyMatch(v -> v.name().equals(volume)))
        .toList();
  }

  /** Whether a container loses one of its volumes. */
  boolean takesFrom(ObservedContainer container) {
    return replaced.values().stream()
        .anyMatch(
            r ->
                container.volumes().values().stream()
                    .anyMatch(v -> v.name().equals(r.volume().name())));
  }
}
