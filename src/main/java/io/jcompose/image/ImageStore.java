package io.jcompose.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The images of one data root: an OCI image layout that other tools can read, and the layers
 * unpacked beside it. One process has a store open at a time; its threads share it. Half-done work
 * is never visible.
 */
public final class ImageStore {
  private final BlobStore blobs;
  private final LayerStore layers;
  private final StoreSync sync;
  private final ImageNames names;
  private final ImageSizes sizes;
  private final List<Supplier<Set<Digest>>> roots = new CopyOnWriteArrayList<>();
  private final List<Supplier<Set<Digest>>> users = new CopyOnWriteArrayList<>();

  /** How often each image is held, by id. */
  private final Map<Digest, Integer> held = new ConcurrentHashMap<>();
  private final Map<Digest, Image> read = new ConcurrentHashMap<>();

  private ImageStore(Path imagesDir, BlobStore blobs, LayerStore layers, ImageIndex index, Executor syncing) {
    this.blobs = blobs;
    this.layers = layers;
    names = new ImageNames(index, this::image);
    sync = new StoreSync(imagesDir, layers, names, syncing);
    layers.whenUnpacked(sync::soon);
    sizes = new ImageSizes(blobs, layers);
  }

  /**
   * Opens the store, made first if it is not there; unfinished work of a process that died is
   * removed.
   */
  public static ImageStore open(Path imagesDir, Path layersDir) {
    return open(imagesDir, layersDir, UnpackLimits.DEFAULT);
  }

  static ImageStore open(Path imagesDir, Path layersDir, UnpackLimits limits) {
    return open(imagesDir, layersDir, limits, StoreSync::onThread);
  }

  /**
   * @param syncing gets to the disk what need not be there at once
   */
  static ImageStore open(Path imagesDir, Path layersDir, UnpackLimits limits, Executor syncing) {
    BlobStore blobs = new BlobStore(imagesDir);
    LayerStore layers = new LayerStore(layersDir, blobs, limits);
    ImageIndex index = new ImageIndex(imagesDir);
    try {
      boolean rebooted = BootId.changedSince(layersDir.resolve("boot"));
      blobs.prepare();
      layers.prepare(rebooted);
      Path layout = imagesDir.resolve("oci-layout");
      if (!Files.exists(layout)) {
        Files.writeString(layout, "{\"imageLayoutVersion\":\"1.0.0\"}");
        index.write(List.of(), false);
      }
      ImageStore store = new ImageStore(imagesDir, blobs, layers, index, syncing);
      store.names.read(blobs);
      boolean unsynced = !store.names.unsynced().isEmpty();
      if (rebooted) {
        Set<Digest> certain = store.names.referenced();
        certain.removeAll(store.names.referenced(entry -> !entry.synced()));
        blobs.doubtAllBut(certain);
        store.names.leaveOut(store::torn); // at the next start nobody would check again
      }
      BootId.write(layersDir.resolve("boot"));
      if (unsynced || !layers.unsynced().isEmpty()) {
        store.sync.soon();
      }
      return store;
    } catch (IOException e) {
      throw ImageException.io("opening the image store " + imagesDir, e);
    }
  }

  /** What speaks against an image of which something never got to the disk. */
  private Optional<String> torn(Image image) {
    return image.layers().stream().allMatch(layer -> blobs.isWhole(layer.blob().digest()))
        ? Optional.empty()
        : Optional.of("the machine went down before all of it was on the disk; pull, load or build it again");
  }

  public BlobStore blobs() {
    return blobs;
  }

  public LayerStore layers() {
    return layers;
  }

  public ImageNames names() {
    return names;
  }

  public ImageSizes sizes() {
    return sizes;
  }

  /** Blobs and chain ids that {@code used} tells are kept by garbage collection, too. */
  public void addRoots(Supplier<Set<Digest>> used) {
    roots.add(used);
  }

  /**
   * The same for somebody who begins to use layers at any time, and says so before: asked again for
   * each layer that is about to go.
   */
  public void addUser(Supplier<Set<Digest>> used) {
    users.add(used);
  }

  /** The image that has this name; with a digest, the digest of its manifest decides. */
  public Optional<Image> find(ImageReference reference) {
    return names.lookup().named(reference);
  }

  /**
   * The image that a person means by {@code text}: a reference, an id or the beginning of one. A
   * beginning that several images share is an error.
   */
  public Optional<Image> find(String text) {
    return names.lookup().meant(text);
  }

  /** An image that is not removed until this is closed. */
  public record Held(Image image, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
      end.run();
    }
  }

  /** As {@link #find(String)}, for who is about to make something that needs the image. */
  public Optional<Held> hold(String text) {
    synchronized (names) { // none is removed between the look and the hold
      return find(text)
          .map(
              image -> {
                held.merge(image.id(), 1, Integer::sum);
                return new Held(image, () -> held.computeIfPresent(image.id(), (_, count) -> count == 1 ? null : count - 1));
              });
    }
  }

  /** Whether somebody holds the image with this id. */
  public boolean isHeld(Digest id) {
    return held.containsKey(id);
  }

  /** All images, dangling ones included, the newest first. */
  public List<ImageSummary> list() {
    List<ImageSummary> result = new ArrayList<>();
    names
        .byManifest()
        .forEach(
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
    return add(manifestJson, name, true);
  }

  private Image add(byte[] manifestJson, Optional<ImageReference> name, boolean synced) {
    Manifest manifest = Manifest.parse(manifestJson);
    checkBlob(manifest.config());
    manifest.layers().forEach(this::checkBlob);
    if (name.isEmpty()) {
      Optional<Image> same = listed(manifest);
      if (same.isPresent()) {
        return same.get();
      }
    }
    Descriptor stored = blobs.put(manifestJson, manifest.mediaType());
    try {
      Image image = image(stored.digest());
      ImageIndex.Entry entry = ImageIndex.Entry.now(stored, name, synced);
      if (!names.isKnown(entry)) {
        if (synced) {
          sync.now();
        }
        names.point(entry);
        if (!synced) {
          sync.soon();
        }
      }
      return image;
    } finally {
      blobs.unclaim(stored.digest());
    }
  }

  /** An image of this id that a list has, and that says all that the manifest says. */
  private Optional<Image> listed(Manifest manifest) {
    return list().stream()
        .map(ImageSummary::image)
        .filter(image -> image.id().equals(manifest.config().digest()))
        .filter(
            image ->
                manifest.annotations().entrySet().stream()
                    .filter(note -> !note.getKey().equals(Image.MADE_LOCALLY))
                    .allMatch(note -> note.getValue().equals(image.annotations().get(note.getKey()))))
        .findFirst();
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
    return add(manifestJson, name, false);
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
    List<String> done = names.remove(image, text, force, user);
    collectGarbage();
    return done;
  }

  /**
   * Deletes blobs and unpacked layers that nothing refers to; returns the bytes of blobs that this
   * freed.
   */
  public long collectGarbage() {
    synchronized (names) { // no name may get an image whose layers go
      Set<Digest> used = names.referenced();
      read.keySet().retainAll(used);
      roots.forEach(supplier -> used.addAll(supplier.get()));
      users.forEach(supplier -> used.addAll(supplier.get()));
      try {
        layers.sweep(used, layer -> users.stream().anyMatch(user -> user.get().contains(layer)));
        return blobs.sweep(used);
      } catch (IOException e) {
        throw ImageException.io("removing what no image needs", e);
      }
    }
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
