package io.jcompose.engine;

import io.jcompose.build.Builder;
import io.jcompose.build.CacheEntry;
import io.jcompose.image.Digest;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.registry.Platform;
import io.jcompose.linux.TreeSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What takes how much of the disk, measured when it is asked for; bytes throughout. */
public final class DiskUsage {
  private final ImageStore store;
  private final Images images;
  private final Units units;
  private final Containers containers;
  private final StoredVolumes volumes;
  private final Builder builder;
  private final Path root;

  DiskUsage(
      ImageStore store,
      Images images,
      Units units,
      Containers containers,
      StoredVolumes volumes,
      Builder builder,
      Path root) {
    this.store = store;
    this.images = images;
    this.units = units;
    this.containers = containers;
    this.volumes = volumes;
    this.builder = builder;
    this.root = root;
  }

  /** One kind of thing. {@code active}: how many are in use; {@code reclaimable}: what the others take. */
  public record Kind(String name, int total, int active, long size, long reclaimable) {}

  /**
   * An image: what it shares with others, and what goes with it.
   *
   * @param containers how many were made from it
   */
  public record ImageUse(ImageView image, long shared, long unique, int containers) {}

  /** A container's writable layer. */
  public record ContainerUse(ContainerView container, int volumes, long size) {}

  /** A volume and how many containers have it. */
  public record VolumeUse(String name, int links, long size) {}

  /**
   * Something that builds keep for later ones.
   *
   * @param type as Docker names it: regular (what a step made), exec.cachemount, source.http
   * @param created milliseconds since the epoch
   * @param lastUsed milliseconds since the epoch
   * @param shared whether an image has it, too: it goes with that only
   */
  public record CacheUse(
      String id, String type, String description, long created, long lastUsed, int uses, long size, boolean shared) {}

  public List<Kind> summary() {
    List<ContainerUse> made = containers();
    List<VolumeUse> kept = volumes();
    List<CacheUse> cache = cache();
    long own = cache.stream().filter(use -> !use.shared).mapToLong(CacheUse::size).sum();
    return List.of(
        imageKind(),
        new Kind(
            "Containers",
            made.size(),
            (int) made.stream().filter(c -> c.container.state().active()).count(),
            made.stream().mapToLong(ContainerUse::size).sum(),
            made.stream().filter(c -> !c.container.state().active()).mapToLong(ContainerUse::size).sum()),
        new Kind(
            "Local Volumes",
            kept.size(),
            (int) kept.stream().filter(v -> v.links > 0).count(),
            kept.stream().mapToLong(VolumeUse::size).sum(),
            kept.stream().filter(v -> v.links == 0).mapToLong(VolumeUse::size).sum()),
        new Kind("Build Cache", cache.size(), 0, own, own));
  }

  private Kind imageKind() {
    Map<Digest, Long> all = new HashMap<>();
    Map<Digest, Long> used = new HashMap<>();
    Set<Digest> ids = new HashSet<>();
    Set<Digest> active = new HashSet<>();
    for (ImageSummary summary : store.list()) {
      Map<Digest, Long> parts = store.sizes().parts(summary.image());
      all.putAll(parts);
      ids.add(summary.image().id());
      if (users(summary.image().id()) > 0) {
        used.putAll(parts);
        active.add(summary.image().id());
      }
    }
    long size = sum(all);
    return new Kind("Images", ids.size(), active.size(), size, size - sum(used));
  }

  private static long sum(Map<Digest, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }

  private int users(Digest id) {
    return (int) units.all().stream().filter(u -> u.record().imageId().equals(id.toString())).count();
  }

  /** A line for each name of each image. */
  public List<ImageUse> images() {
    Map<Digest, Set<Digest>> owners = new HashMap<>();
    Map<Digest, Map<Digest, Long>> parts = new HashMap<>();
    for (ImageSummary summary : store.list()) {
      Digest id = summary.image().id();
      Map<Digest, Long> own = store.sizes().parts(summary.image());
      parts.computeIfAbsent(id, _ -> new HashMap<>()).putAll(own);
      own.keySet().forEach(part -> owners.computeIfAbsent(part, _ -> new HashSet<>()).add(id));
    }
    List<ImageUse> uses = new ArrayList<>();
    for (ImageView view : images.list()) {
      Digest id = Digest.parse(view.id());
      long shared = 0;
      long unique = 0;
      for (Map.Entry<Digest, Long> part : parts.getOrDefault(id, Map.of()).entrySet()) {
        boolean alone = owners.get(part.getKey()).size() == 1;
        unique += alone ? part.getValue() : 0;
        shared += alone ? 0 : part.getValue();
      }
      uses.add(new ImageUse(view, shared, unique, users(id)));
    }
    return uses;
  }

  /**
   * An image with what it is for.
   *
   * @param names without those of other tools: {@code repository:tag}; one that has none is dangling
   * @param size on the disk, unpacked layers included
   * @param content bytes of its blobs alone
   */
  public record ImageTree(
      List<String> names, String id, String platform, String manifest, long size, long content, boolean used) {}

  /** A line for each image, the newest first. */
  public List<ImageTree> trees() {
    List<ImageTree> trees = new ArrayList<>();
    for (ImageSummary summary : store.list()) {
      Image image = summary.image();
      Map<Digest, Long> parts = store.sizes().parts(image);
      trees.add(
          new ImageTree(
              summary.references().stream().map(ImageReference::familiar).toList(),
              image.id().toString(),
              Platform.of(image.config()).toString(),
              image.manifest().toString(),
              sum(parts),
              parts.keySet().stream().mapToLong(part -> store.blobs().size(part).orElse(0L)).sum(),
              users(image.id()) > 0));
    }
    return trees;
  }

  /** All containers of all projects. */
  public List<ContainerUse> containers() {
    List<ContainerUse> uses = new ArrayList<>();
    for (String project : units.all().stream().map(u -> u.record().project()).distinct().toList()) {
      for (ContainerView view : containers.list(project)) {
        Path upper = root.resolve("containers").resolve(view.id()).resolve("upper");
        int mounted = units.byId(view.id()).map(u -> u.record().volumes().size()).orElse(0);
        uses.add(new ContainerUse(view, mounted, TreeSize.of(upper)));
      }
    }
    uses.sort(Comparator.comparing(use -> use.container.name()));
    return uses;
  }

  public List<VolumeUse> volumes() {
    return volumes.list().stream()
        .map(v -> new VolumeUse(v.name(), v.users().size(), v.options().isEmpty() ? volumes.size(v) : 0))
        .toList();
  }

  /** What builds keep, what was used last first. */
  public List<CacheUse> cache() {
    Set<Digest> ofImages = new HashSet<>();
    store.list().forEach(summary -> ofImages.addAll(store.sizes().parts(summary.image()).keySet()));
    return builder.cacheEntries().stream().map(entry -> cacheUse(entry, ofImages)).toList();
  }

  private CacheUse cacheUse(CacheEntry entry, Set<Digest> ofImages) {
    return new CacheUse(
        entry.id(),
        entry.kind().text(),
        entry.description(),
        entry.created().toEpochMilli(),
        entry.lastUsed().toEpochMilli(),
        entry.uses(),
        entry.bytes() + entry.layers().stream().mapToLong(store.sizes()::onDisk).sum(),
        entry.layers().stream().anyMatch(ofImages::contains));
  }
}
