package io.jcompose.engine;

import io.jcompose.build.Builder;
import io.jcompose.image.ImageStore;
import io.jcompose.linux.TreeSize;
import io.jcompose.network.Network;
import io.jcompose.network.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Removes what nothing uses any more, of every kind. */
public final class SystemPrune {
  private final Units units;
  private final ProjectNetworks projectNetworks;
  private final Networks networks;
  private final Images images;
  private final StoredVolumes volumes;
  private final Builder builder;
  private final ImageStore store;

  SystemPrune(
      Units units,
      ProjectNetworks projectNetworks,
      Networks networks,
      Images images,
      StoredVolumes volumes,
      Builder builder,
      ImageStore store) {
    this.units = units;
    this.projectNetworks = projectNetworks;
    this.networks = networks;
    this.images = images;
    this.volumes = volumes;
    this.builder = builder;
    this.store = store;
  }

  /**
   * What is to go.
   *
   * @param allImages named ones, too
   * @param withVolumes anonymous volumes, too
   * @param image what an image must be like
   * @param before milliseconds since the epoch: only what was made earlier
   * @param labels what labels must be like
   */
  public record Wanted(
      boolean allImages,
      boolean withVolumes,
      Predicate<ImageView> image,
      long before,
      Predicate<Map<String, String>> labels) {}

  /** What went, by kind, and the bytes that this freed. */
  public record Removed(
      List<String> containers, List<String> networks, List<String> volumes, List<String> images, long bytes) {}

  /** Containers that don't run, then what only they used. */
  public Removed prune(Wanted wanted) {
    List<String> goneContainers = new ArrayList<>();
    long bytes = 0;
    for (Unit unit : List.copyOf(units.all())) {
      boolean old = unit.record().created() < wanted.before;
      if (!unit.status().state().active() && old && wanted.labels.test(unit.record().spec().labels())) {
        long size = TreeSize.of(unit.logFolder().resolve("upper"));
        if (unit.disposal().removeIfStopped()) {
          bytes += size;
          goneContainers.add(unit.record().id());
        }
      }
    }
    List<String> goneNetworks = networks(wanted);
    List<String> goneVolumes = new ArrayList<>();
    if (wanted.withVolumes) {
      StoredVolumes.Pruned pruned = volumes.prune(v -> v.anonymous() && wanted.labels.test(v.labels()));
      goneVolumes.addAll(pruned.names());
      bytes += pruned.bytes();
    }
    long before = store.sizes().onDisk() + builder.diskBytes();
    builder.clearCache();
    List<String> goneImages = images.prune(wanted.allImages, wanted.image).lines();
    bytes += Math.max(0, before - store.sizes().onDisk() - builder.diskBytes());
    return new Removed(goneContainers, goneNetworks, goneVolumes, goneImages, bytes);
  }

  /**
   * Removes these from what builds keep.
   *
   * @param ids of {@link DiskUsage#cache}
   * @return the ids of those that went; what a build uses just now stays
   */
  public Set<String> pruneCache(Set<String> ids) {
    Set<String> gone = builder.removeFromCache(ids);
    store.collectGarbage();
    return gone;
  }

  /** When a network was made is not known: a limit of time spares them all. */
  private List<String> networks(Wanted wanted) {
    List<String> gone = new ArrayList<>();
    for (Network network : projectNetworks.list()) {
      boolean used =
          !networks.endpoints().of(network.id()).isEmpty()
              || units.all().stream()
                  .anyMatch(u -> u.record().attachments().stream().anyMatch(a -> a.network().equals(network.id())));
      boolean own = network.id().equals(DefaultBridge.ID) || BuildSteps.ownNetwork(network);
      if (!used && !own && wanted.before == Long.MAX_VALUE && wanted.labels.test(network.config().labels())) {
        networks.remove(network.id());
        gone.add(network.name());
      }
    }
    return gone;
  }
}
