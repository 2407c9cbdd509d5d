package io.jcompose.image;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The images of one data root: an OCI image layout that other tools can read, and the layers
 * unpacked beside it. One process has a store open at a time; its threads share it. Half-done work
 * is never visible.
 */
public final class ImageStore {
  private static final System.Logger LOG = System.getLogger(ImageStore.class.getName());
  private final Path imagesDir;
  private final BlobStore blobs;
  private final LayerStore layers;
  private final ImageIndex index;
  private final List<Supplier<Set<Digest>>> roots = new CopyOnWriteArrayList<>();
  private final UnsyncedBlobs unsynced;
  private final AtomicBoolean syncAsked = new AtomicBoolean();
  private final Map<Digest, Image> read = new ConcurrentHashMap<>();
  private List<ImageIndex.Entry> entries = List.of();

  private ImageStore(Path imagesDir, Path layersDir, UnpackLimits limits) {
    this.imagesDir = imagesDir;
    blobs = new BlobStore(imagesDir);
    layers = new LayerStore(layersDir, blobs, limits, () -> syncSoon(Set.of()));
    index = new ImageIndex(imagesDir);
    unsynced = new UnsyncedBlobs(layersDir.resolve("unsynced"));
  }

  /**
   * Opens the store, made first if it is not there; unfinished work of a process that died is
   * removed.
   */
  public static ImageStore open(Path imagesDir, Path layersDir) {
    return open(imagesDir, layersDir, UnpackLimits.DEFAULT);
  }

  static ImageStore open(Path imagesDir, Path layersDir, UnpackLimits limits) {
    ImageStore store = new ImageStore(imagesDir, layersDir, limits);
    try {
      boolean rebooted = BootId.changedSince(layersDir.resolve("boot"));
      Set<Digest> left = store.unsynced.read();
      store.blobs.prepare();
      store.layers.prepare(rebooted);
      Path layout = imagesDir.resolve("oci-layout");
      if (!Files.exists(layout)) {
        Files.writeString(layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
        store.index.write(List.of());
      }
      store.entries = store.good(store.index.read(store.blobs), _ -> Optional.empty());
      if (rebooted) {
        Set<Digest> certain = new HashSet<>(store.referenced());
        certain.removeAll(left);
        store.blobs.doubtAllBut(certain);
        List<ImageIndex.Entry> whole = store.good(store.entries, store::torn);
        if (whole.size() < store.entries.size()) {
          store.replace(whole); // at the next start nobody would check again
        }
      }
      BootId.write(layersDir.resolve("boot"));
      if (!left.isEmpty() || !store.layers.unsynced().isEmpty()) {
        store.syncSoon(left);
      }
      return store;
    } catch (IOException e) {
      throw ImageException.io("opening the image store " + imagesDir, e);
    }
  }

  /**
   * The entries of those images that nothing speaks against; one that can't be read must not take the others along.
   *
   * @param objection why an image is to be left out
   */
  private List<ImageIndex.Entry> good(
      List<ImageIndex.Entry> all, Function<Image, Optional<String>> objection) {
    List<ImageIndex.Entry> good = new ArrayList<>();
    for (ImageIndex.Entry entry : all) {
      Optional<String> why;
      try {
        why = objection.apply(image(entry.manifest().digest()));
      } catch (ImageException e) {
        why = Optional.of(e.getMessage());
      }
      why.ifPresentOrElse(reason -> leftOut(entry, reason), () -> good.add(entry));
    }
    return List.copyOf(good);
  }

  /** What speaks against an image of which something never got to the disk. */
  private Optional<String> torn(Image image) {
    return image.layers().stream().allMatch(layer -> blobs.isWhole(layer.blob().digest()))
        ? Optional.empty()
        : Optional.of("the machine went down before all of it was on the disk; pull, load or build it again");
  }

  private static void leftOut(ImageIndex.Entry entry, String why) {
    LOG.log(
        System.Logger.Level.WARNING,
        "the image {0} is left out: {1}",
        entry.name().map(ImageReference::familiar).orElse(entry.manifest().digest().toString()),
        why);
  }

  public BlobStore blobs() {
    return blobs;
  }

  public LayerStore layers() {
    return layers;
  }

  /** Blobs and chain ids that {@code used} tells are kept by garbage collection, too. */
  public void addRoots(Supplier<Set<Digest>> used) {
    roots.add(used);
  }

  /** The image that has this name; with a digest, the digest of its manifest decides. */
  public Optional<Image> find(ImageReference reference) {
    return lookup().named(reference);
  }

  /**
   * The image that a person means by {@code text}: a reference, an id or the beginning of one. A
   * beginning that several images share is an error.
   */
  public Optional<Image> find(String text) {
    return lookup().meant(text);
  }

  /** When the name last got its image, or had it confirmed by a registry; empty for an unknown name. */
  public Optional<Instant> updated(ImageReference reference) {
    return snapshot().stream()
        .filter(entry -> entry.name().equals(Optional.of(reference)))
        .map(ImageIndex.Entry::updated)
        .findFirst();
  }

  /** Notes that a registry said just now that the name means this image. */
  public synchronized void confirm(ImageReference reference) {
    List<ImageIndex.Entry> next = new ArrayList<>();
    for (ImageIndex.Entry entry : entries) {
      boolean meant = entry.name().equals(Optional.of(reference));
      next.add(meant ? new ImageIndex.Entry(entry.manifest(), entry.name()) : entry);
    }
    replace(next);
  }

  private ImageLookup lookup() {
    return new ImageLookup(snapshot(), this::image);
  }

  /** All images, dangling ones included, the newest first. */
  public List<ImageSummary> list() {
    Map<Digest, List<ImageReference>> names = new LinkedHashMap<>();
    for (ImageIndex.Entry entry : snapshot()) {
      List<ImageReference> own =
          names.computeIfAbsent(entry.manifest().digest(), digest -> new ArrayList<>());
      entry.name().ifPresent(own::add);
    }
    List<ImageSummary> result = new ArrayList<>();
    names.forEach(
        (manifest, own) -> {
          own.sort(Comparator.comparing(ImageReference::toString));
          result.add(new ImageSummary(image(manifest), List.copyOf(own)));
        });
    result.sort(Comparator.comparing((ImageSummary s) -> s.image().config().created()).reversed());
    return result;
  }

  /**
   * Adds the image of a manifest whose config and layers are in the store, under {@code name} if
   * there is one. The name's old image becomes dangling. Everything is on the disk when this
   * returns. The caller has claims of the blobs, and gives them up afterwards.
   */
  public Image add(byte[] manifestJson, Optional<ImageReference> name) {
    return add(manifestJson, name, this::sync);
  }

  private Image add(byte[] manifestJson, Optional<ImageReference> name, Runnable sync) {
    Manifest manifest = Manifest.parse(manifestJson);
    checkBlob(manifest.config());
    manifest.layers().forEach(this::checkBlob);
    Descriptor stored = blobs.put(manifestJson, manifest.mediaType());
    try {
      Image image = image(stored.digest());
      if (!isKnown(stored, name)) {
        sync.run();
        point(stored, name);
      }
      return image;
    } finally {
      blobs.unclaim(stored.digest());
    }
  }

  /**
   * Adds an image made here: stores {@code config}, and a manifest for it with {@code layers},
   * lowest first.
   */
  public Image add(
      ImageConfig config,
      List<Descriptor> layers,
      Map<String, String> annotations,
      Optional<ImageReference> name) {
    return withManifest(config, layers, annotations, manifest -> add(manifest, name));
  }

  /**
   * The same for an image that can be made again at any time: it gets to the disk soon, but may be
   * lost or damaged when the machine goes down before. Damage is noticed, and then there is no such
   * image.
   */
  public Image addMade(
      ImageConfig config,
      List<Descriptor> layers,
      Map<String, String> annotations,
      Optional<ImageReference> name) {
    return withManifest(config, layers, annotations, manifest -> addMade(manifest, name));
  }

  /** The same for a manifest whose config and layers are in the store. */
  public Image addMade(byte[] manifestJson, Optional<ImageReference> name) {
    Manifest manifest = Manifest.parse(manifestJson);
    Set<Digest> parts = new HashSet<>(Set.of(Digest.of(manifestJson), manifest.config().digest()));
    manifest.layers().forEach(layer -> parts.add(layer.digest()));
    return add(manifestJson, name, () -> syncSoon(parts));
  }

  /**
   * Uses an image that no list has: it is there for {@code use} alone, and goes with the next garbage
   * collection.
   */
  public <T> T withUnlisted(
      ImageConfig config,
      List<Descriptor> layers,
      Map<String, String> annotations,
      Function<Image, T> use) {
    return withManifest(config, layers, annotations, manifest -> withUnlisted(manifest, use));
  }

  /** Stores {@code config} for as long as {@code use} has the manifest that names it. */
  private <T> T withManifest(
      ImageConfig config,
      List<Descriptor> layers,
      Map<String, String> annotations,
      Function<byte[], T> use) {
    Descriptor stored = blobs.put(config.toJson(), MediaTypes.OCI_CONFIG);
    try {
      return use.apply(Manifest.oci(stored, layers, annotations).toJson());
    } finally {
      blobs.unclaim(stored.digest());
    }
  }

  /** The same for a manifest whose config and layers are in the store and stay there meanwhile. */
  public <T> T withUnlisted(byte[] manifestJson, Function<Image, T> use) {
    Descriptor manifest = blobs.put(manifestJson, MediaTypes.OCI_MANIFEST);
    try {
      return use.apply(readImage(manifest.digest()));
    } finally {
      blobs.unclaim(manifest.digest());
    }
  }

  private void syncSoon(Set<Digest> parts) {
    unsynced.add(parts);
    if (syncAsked.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("image store sync").start(this::syncNoted);
    }
  }

  private void syncNoted() {
    syncAsked.set(false); // what is noted from here on may come too late, and has a thread of its own
    try {
      Set<Digest> parts = unsynced.noted();
      sync();
      unsynced.remove(parts);
    } catch (ImageException | LinuxException e) {
      LOG.log(System.Logger.Level.WARNING, "an image is not on the disk yet: {0}", e.getMessage());
    }
  }

  /** Whether the index says just this already, so that it is on the disk. */
  private boolean isKnown(Descriptor manifest, Optional<ImageReference> name) {
    return snapshot().stream()
        .anyMatch(
            entry ->
                entry.manifest().digest().equals(manifest.digest())
                    && (name.isEmpty() || entry.name().equals(name)));
  }

  private void sync() {
    Set<Digest> pending = layers.unsynced();
    try (Fd dir = Fs.open(imagesDir.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.syncfs(dir);
      layers.synced(pending);
    } catch (IOException e) {
      throw ImageException.io("writing the image to the disk", e);
    }
  }

  private void checkBlob(Descriptor descriptor) {
    long size =
        blobs
            .size(descriptor.digest())
            .orElseThrow(
                () ->
                    new ImageException("the image's blob " + descriptor.digest() + " is missing"));
    if (size != descriptor.size()) {
      throw new ImageException(
          "the image's blob "
              + descriptor.digest()
              + " has "
              + size
              + " bytes, its manifest says "
              + descriptor.size());
    }
  }

  /** Gives the image {@code target} one more name; whatever had it before becomes dangling. */
  public void tag(Image target, ImageReference name) {
    ImageIndex.Entry entry =
        snapshot().stream()
            .filter(e -> e.manifest().digest().equals(target.manifest()))
            .findFirst()
            .orElseThrow(() -> new ImageException("the image " + target.id() + " is gone"));
    point(entry.manifest(), Optional.of(name));
  }

  private synchronized void point(Descriptor manifest, Optional<ImageReference> name) {
    List<ImageIndex.Entry> next = new ArrayList<>();
    for (ImageIndex.Entry entry : entries) {
      boolean named = name.isPresent() && entry.name().equals(name);
      boolean danglingTwin =
          entry.name().isEmpty() && entry.manifest().digest().equals(manifest.digest());
      if (named
          && !hasOtherEntry(entry, name)
          && !entry.manifest().digest().equals(manifest.digest())
          && !image(entry.manifest().digest()).id().equals(image(manifest.digest()).id())) {
        next.add(new ImageIndex.Entry(entry.manifest(), Optional.empty()));
      } else if (!named && !danglingTwin) {
        next.add(entry);
      }
    }
    boolean known =
        name.isEmpty()
            && next.stream().anyMatch(e -> e.manifest().digest().equals(manifest.digest()));
    if (!known) {
      next.add(new ImageIndex.Entry(manifest, name));
    }
    replace(next);
  }

  private boolean hasOtherEntry(ImageIndex.Entry entry, Optional<ImageReference> name) {
    return entries.stream()
        .anyMatch(
            other ->
                other.manifest().digest().equals(entry.manifest().digest())
                    && !other.name().equals(name));
  }

  private void replace(List<ImageIndex.Entry> next) {
    try {
      index.write(next);
      entries = List.copyOf(next);
    } catch (IOException e) {
      throw ImageException.io("writing the image store's index", e);
    }
  }

  /**
   * Removes what {@code text} names: a name, and with its last name the image. By id, the image
   * with its name, if it has only one. An image that {@code user} knows a user of (a container's
   * name) is not removed.
   *
   * @return what was done, line by line: {@code Untagged: …}, {@code Deleted: sha256:…}
   */
  public List<String> remove(String text, boolean force, Function<Digest, Optional<String>> user) {
    Image image =
        find(text).orElseThrow(() -> new ImageException("no such image: " + Printable.text(text)));
    List<String> done = new ArrayList<>();
    synchronized (this) {
      // one image may have several manifests: the one it was built with, and those it was pushed with
      List<ImageIndex.Entry> own =
          entries.stream().filter(e -> image(e.manifest().digest()).id().equals(image.id())).toList();
      boolean byId = ImageLookup.isId(text) && lookup().nameOf(image, text).isEmpty();
      List<ImageIndex.Entry> going =
          byId ? own : own.stream().filter(e -> e.name().equals(lookup().nameOf(image, text))).toList();
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
            "the image "
                + Printable.text(text)
                + " is used by "
                + inUse.get()
                + "; remove that first");
      }
      List<ImageIndex.Entry> next = new ArrayList<>(entries);
      next.removeAll(going);
      replace(next);
      going.forEach(e -> e.name().ifPresent(name -> done.add("Untagged: " + name.familiar())));
      if (last) {
        own.forEach(e -> read.remove(e.manifest().digest()));
        done.add("Deleted: " + image.id());
      }
    }
    collectGarbage();
    return done;
  }

  /**
   * Deletes blobs and unpacked layers that nothing refers to; returns the bytes of blobs that this
   * freed.
   */
  public synchronized long collectGarbage() {
    Set<Digest> used = referenced();
    roots.forEach(supplier -> used.addAll(supplier.get()));
    try {
      layers.sweep(used);
      return blobs.sweep(used);
    } catch (IOException e) {
      throw ImageException.io("removing what no image needs", e);
    }
  }

  /** Bytes of the image's layers as uncompressed archives: what an image's size is. */
  public long size(Image image) {
    return image.layers().stream().mapToLong(layers::size).sum();
  }

  /** What the image has on the disk: digests of blobs and chain ids of unpacked layers, with their bytes. */
  public Map<Digest, Long> parts(Image image) {
    Map<Digest, Long> parts = new LinkedHashMap<>();
    parts.put(image.manifest(), blobs.size(image.manifest()).orElse(0L));
    parts.put(image.id(), blobs.size(image.id()).orElse(0L));
    for (Layer layer : image.layers()) {
      parts.merge(layer.blob().digest(), blobs.size(layer.blob().digest()).orElse(0L), (a, _) -> a);
      // the lowest layer's chain id is its diffID, and that may be its blob, too
      parts.merge(layer.chainId(), layers.diskBytes(layer.chainId()), Long::sum);
    }
    return parts;
  }

  /** Bytes on the disk of one blob, of one unpacked layer, or of both where they share the digest. */
  public long diskBytes(Digest digest) {
    return blobs.size(digest).orElse(0L) + layers.diskBytes(digest);
  }

  /** Bytes on the disk of all blobs and all unpacked layers. */
  public long diskBytes() {
    try {
      return blobs.all().stream().mapToLong(digest -> blobs.size(digest).orElse(0L)).sum()
          + layers.all().stream().mapToLong(layers::diskBytes).sum();
    } catch (IOException e) {
      throw ImageException.io("measuring the image store", e);
    }
  }

  /** Blobs and chain ids of all images. */
  private synchronized Set<Digest> referenced() {
    Set<Digest> used = new HashSet<>();
    for (ImageIndex.Entry entry : entries) {
      Image image = image(entry.manifest().digest());
      used.add(image.manifest());
      used.add(image.id());
      for (Layer layer : image.layers()) {
        used.add(layer.blob().digest());
        used.add(layer.chainId());
      }
    }
    return used;
  }

  /**
   * The directories of the image's layers, the topmost first as overlayfs' {@code lowerdir} wants
   * them, by their short links in {@link LayerStore#dir}. Unpacks what is not yet unpacked. Never
   * empty.
   */
  public List<Path> layerDirs(Image image) {
    return layerDirs(image.layers());
  }

  /** Like {@link #layerDirs(Image)}, for layers that are not yet an image; the lowest first. */
  public List<Path> layerDirs(List<Layer> stack) {
    if (stack.isEmpty()) {
      return List.of(layers.empty());
    }
    List<Path> dirs = new ArrayList<>();
    stack.forEach(layer -> dirs.addFirst(layers.ensure(layer)));
    return List.copyOf(dirs);
  }

  private synchronized List<ImageIndex.Entry> snapshot() {
    return entries;
  }

  /** The image of a manifest whose blobs the caller has claims of, whether a list has it or not. */
  public Image unlisted(Digest manifestDigest) {
    return readImage(manifestDigest);
  }

  private Image image(Digest manifestDigest) {
    return read.computeIfAbsent(manifestDigest, this::readImage);
  }

  private Image readImage(Digest manifestDigest) {
    Manifest manifest = Manifest.parse(blobs.read(manifestDigest));
    Digest id = manifest.config().digest();
    ImageConfig config = ImageConfig.parse(blobs.read(id));
    return new Image(
        id,
        manifestDigest,
        config,
        Layer.stack(config.diffIds(), manifest.layers()),
        manifest.annotations());
  }
}
