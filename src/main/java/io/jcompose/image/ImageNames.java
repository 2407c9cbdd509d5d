package io.jcompose.image;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Which manifests a store has, and under which names; every change is in the layout's index when it returns.
 * Thread-safe.
 */
public final class ImageNames {
  private static final System.Logger LOG = System.getLogger(ImageNames.class.getName());
  private final ImageIndex index;
  private final Function<Digest, Image> images;
  private List<ImageIndex.Entry> entries = List.of();

  /**
   * @param images the image of a manifest
   */
  ImageNames(ImageIndex index, Function<Digest, Image> images) {
    this.index = index;
    this.images = images;
  }

  synchronized List<ImageIndex.Entry> entries() {
    return entries;
  }

  ImageLookup lookup() {
    return new ImageLookup(entries(), images);
  }

  /** Reads the index; an image that can't be read must not take the others along. */
  synchronized void read(BlobStore blobs) throws IOException {
    entries = good(index.read(blobs), _ -> Optional.empty());
  }

  /**
   * Leaves out those images that something speaks against, for good.
   *
   * @param objection why an image is to be left out
   */
  synchronized void leaveOut(Function<Image, Optional<String>> objection) {
    List<ImageIndex.Entry> left = good(entries, objection);
    if (left.size() < entries.size()) {
      replace(left, true);
    }
  }

  private List<ImageIndex.Entry> good(List<ImageIndex.Entry> all, Function<Image, Optional<String>> objection) {
    List<ImageIndex.Entry> good = new ArrayList<>();
    for (ImageIndex.Entry entry : all) {
      Optional<String> why;
      try {
        why = objection.apply(image(entry));
      } catch (ImageException e) {
        why = Optional.of(e.getMessage());
      }
      why.ifPresentOrElse(reason -> leftOut(entry, reason), () -> good.add(entry));
    }
    return List.copyOf(good);
  }

  private static void leftOut(ImageIndex.Entry entry, String why) {
    LOG.log(
        System.Logger.Level.WARNING,
        "the image {0} is left out: {1}",
        entry.name().map(ImageReference::familiar).orElse(entry.manifest().digest().toString()),
        why);
  }

  private Image image(ImageIndex.Entry entry) {
    return images.apply(entry.manifest().digest());
  }

  /** Blobs and chain ids of all images. */
  Set<Digest> referenced() {
    return referenced(_ -> true);
  }

  /** Blobs and chain ids of the images of those entries that {@code which} tells to count. */
  Set<Digest> referenced(Predicate<ImageIndex.Entry> which) {
    Set<Digest> used = new HashSet<>();
    for (ImageIndex.Entry entry : entries()) {
      if (!which.test(entry)) {
        continue;
      }
      Image image = image(entry);
      used.add(image.manifest());
      used.add(image.id());
      for (Layer layer : image.layers()) {
        used.add(layer.blob().digest());
        used.add(layer.chainId());
      }
    }
    return used;
  }

  /** The names of each manifest; a dangling one has none. */
  Map<Digest, List<ImageReference>> byManifest() {
    Map<Digest, List<ImageReference>> names = new LinkedHashMap<>();
    for (ImageIndex.Entry entry : entries()) {
      List<ImageReference> own = names.computeIfAbsent(entry.manifest().digest(), _ -> new ArrayList<>());
      entry.name().ifPresent(own::add);
    }
    return names;
  }

  /** When the name last got its image, or had it confirmed by a registry; empty for an unknown name. */
  public Optional<Instant> updated(ImageReference reference) {
    return entries().stream()
        .filter(entry -> entry.name().equals(Optional.of(reference)))
        .map(ImageIndex.Entry::updated)
        .findFirst();
  }

  /** Notes that a registry said just now that the name means this image. */
  public synchronized void confirm(ImageReference reference) {
    List<ImageIndex.Entry> next = new ArrayList<>();
    for (ImageIndex.Entry entry : entries) {
      boolean meant = entry.name().equals(Optional.of(reference));
      next.add(meant ? entry.as(entry.name()) : entry);
    }
    replace(next, false);
  }

  /** Gives the image {@code target} one more name; whatever had it before becomes dangling. */
  public void tag(Image target, ImageReference name) {
    ImageIndex.Entry entry =
        entries().stream()
            .filter(e -> e.manifest().digest().equals(target.manifest()))
            .findFirst()
            .orElseThrow(() -> new ImageException("the image " + target.id() + " is gone"));
    point(entry.as(Optional.of(name)));
  }

  /** Whether the index says just this already. */
  boolean isKnown(ImageIndex.Entry asked) {
    return entries().stream()
        .filter(entry -> entry.manifest().digest().equals(asked.manifest().digest()))
        .filter(entry -> asked.name().isEmpty() || entry.name().equals(asked.name()))
        .anyMatch(entry -> entry.synced() || !asked.synced());
  }

  /** The entries of which something may not be on the disk yet. */
  Set<ImageIndex.Entry> unsynced() {
    return entries().stream().filter(entry -> !entry.synced()).collect(Collectors.toSet());
  }

  /** What {@code reached} name is on the disk now; an entry that has come meanwhile, for the same image even, may not be. */
  synchronized void synced(Set<ImageIndex.Entry> reached) {
    if (entries.stream().anyMatch(reached::contains)) {
      replace(entries.stream().map(entry -> reached.contains(entry) ? entry.onDisk() : entry).toList(), true);
    }
  }

  /** Lets a name mean a manifest; without a name that is dangling, unless it has one already. */
  synchronized void point(ImageIndex.Entry fresh) {
    Descriptor manifest = fresh.manifest();
    Optional<ImageReference> name = fresh.name();
    List<ImageIndex.Entry> next = new ArrayList<>();
    for (ImageIndex.Entry entry : entries) {
      boolean named = name.isPresent() && entry.name().equals(name);
      boolean danglingTwin =
          entry.name().isEmpty() && entry.manifest().digest().equals(manifest.digest());
      if (named
          && !hasOtherEntry(entry, name)
          && !entry.manifest().digest().equals(manifest.digest())
          && !image(entry).id().equals(images.apply(manifest.digest()).id())) {
        next.add(entry.as(Optional.empty()));
      } else if (!named && !danglingTwin) {
        next.add(entry);
      }
    }
    boolean known =
        name.isEmpty()
            && next.stream().anyMatch(e -> e.manifest().digest().equals(manifest.digest()));
    if (!known) {
      next.add(fresh);
    }
    replace(next, fresh.synced());
  }

  private boolean hasOtherEntry(ImageIndex.Entry entry, Optional<ImageReference> name) {
    return entries.stream()
        .anyMatch(
            other ->
                other.manifest().digest().equals(entry.manifest().digest())
                    && !other.name().equals(name));
  }

  /**
   * Takes away what {@code text} names of {@code image}: a name, or by id its name, if it has only one.
   *
   * @param user who uses it: then its last name stays
   * @return what was done, line by line: {@code Untagged: …}, {@code Deleted: sha256:…}
   */
  synchronized List<String> remove(
      Image image, String text, boolean force, Function<Digest, Optional<String>> user) {
    // one image may have several manifests: the one it was built with, and those it was pushed with
    List<ImageIndex.Entry> own = entries.stream().filter(e -> image(e).id().equals(image.id())).toList();
    Optional<ImageReference> meant = lookup().nameOf(image, text);
    boolean byId = ImageLookup.isId(text) && meant.isEmpty();
    List<ImageIndex.Entry> going = byId ? own : own.stream().filter(e -> e.name().equals(meant)).toList();
    if (byId && own.size() > 1 && !force) {
      throw new ImageException(
          "the image "
              + image.id().shortHex()
              + " has "
              + own.size()
              + " names; remove it by name, or with force");
    }
    boolean last = going.size() == own.size();
    Optional<String> inUse = last ? user.apply(image.id()) : Optional.empty();
    if (inUse.isPresent()) {
      throw new ImageException(
          "the image " + Printable.text(text) + " is used by " + inUse.get() + "; remove that first");
    }
    List<ImageIndex.Entry> next = new ArrayList<>(entries);
    next.removeAll(going);
    replace(next, true);
    List<String> done = new ArrayList<>();
    going.forEach(e -> e.name().ifPresent(name -> done.add("Untagged: " + name.familiar())));
    if (last) {
      done.add("Deleted: " + image.id());
    }
    return done;
  }

  private void replace(List<ImageIndex.Entry> next, boolean durable) {
    try {
      index.write(next, durable);
      entries = List.copyOf(next);
    } catch (IOException e) {
      throw ImageException.io("writing the image store's index", e);
    }
  }
}
