package io.jcompose.engine;

import io.jcompose.build.ContainerRoots;
import io.jcompose.container.ProcessSpec;
import io.jcompose.engine.state.ContainerRecord;
import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageConfigBuilder;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.archive.RootImport;
import io.jcompose.image.registry.Platform;
import io.jcompose.image.registry.WebFiles;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Overlay;
import io.jcompose.linux.Trees;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes archives and images of what a container has in its root; volumes are not part of it. */
public final class ContainerImages {
  private static final int BUFFER = 1 << 17;
  private final Units units;
  private final ImageStore store;
  private final ConfigChanges changes;
  private final HeldContainers held;
  private final Path root;

  /**
   * @param root the engine's data root
   */
  ContainerImages(Units units, ImageStore store, ConfigChanges changes, HeldContainers held, Path root) {
    this.units = units;
    this.store = store;
    this.changes = changes;
    this.held = held;
    this.root = root;
  }

  /**
   * What a commit was asked for.
   *
   * @param name of the image; empty: none
   * @param changes instructions of a Dockerfile
   * @param pause whether the container stands still meanwhile
   */
  public record Commit(
      String container, String name, String author, String message, List<String> changes, boolean pause) {}

  /**
   * How a root file system becomes an image.
   *
   * @param name of the image; empty: none
   * @param message for the image's history; empty: the address that the tar comes from
   * @param platform such as {@code linux/arm64}; empty: this host's
   * @param changes instructions of a Dockerfile that change its configuration
   */
  public record Import(String name, String message, String platform, List<String> changes) {}

  /**
   * Makes an image of a root file system's tar; returns its id.
   *
   * @throws IOException if the tar can't be read
   */
  public String importRoot(InputStream tar, Import wanted) throws IOException {
    changes.check(wanted.changes);
    Platform platform =
        wanted.platform.isEmpty()
            ? Platform.linux(ImageConfig.hostArchitecture())
            : Platform.parse(wanted.platform);
    Optional<ImageReference> name =
        wanted.name.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(wanted.name));
    return new RootImport(store)
        .make(
            tar,
            platform,
            wanted.message,
            (config, layers, notes) -> changes.add(config, layers, notes, name, wanted.changes))
        .id()
        .toString();
  }

  /**
   * The same of a tar that a web server has.
   *
   * @param environment the caller's: its proxies
   */
  public String importRoot(String url, Import wanted, Map<String, String> environment, Cancellation cancellation) {
    String shown = WebFiles.shown(url);
    String message = wanted.message.isEmpty() ? "Imported from " + shown : wanted.message;
    try (WebFiles files = new WebFiles(ImageTransfers.settings(environment));
        var ending = ImageTransfers.whenAsked(cancellation).onCancel(files::close);
        WebFiles.WebFile file = files.get(url, Optional.empty(), Optional.empty())) {
      assert ending != null;
      return importRoot(
          file.body().orElseThrow(), new Import(wanted.name, message, wanted.platform, wanted.changes));
    } catch (IOException e) {
      cancellation.check();
      String why = e instanceof HttpTimeoutException ? e.getMessage() : "the connection broke before all of it had come";
      throw new EngineException("fetching " + shown + ": " + why, e);
    } catch (RuntimeException e) {
      cancellation.check();
      throw e;
    }
  }

  /** Writes the container's root as a tar. */
  public void export(String container, OutputStream out) throws IOException {
    Unit unit = units.find(container);
    Path point = store.layers().newWorkArea();
    Path empty = store.layers().newWorkArea();
    List<Path> layers = new ArrayList<>(List.of(upper(unit)));
    layers.addAll(unit.record().spec().root().layers());
    if (layers.size() == 1) {
      layers.add(empty);
    }
    try (Fd merged = Overlay.mountReadOnly(root, layers, point);
        Fd nothing = open(empty)) {
      BufferedOutputStream buffered = new BufferedOutputStream(out, BUFFER);
      ContainerRoots.export(merged, nothing, buffered);
      buffered.flush();
    } finally {
      Trees.delete(point);
      Trees.delete(empty);
    }
  }

  private Path upper(Unit unit) {
    return root.resolve("containers").resolve(unit.record().id()).resolve("upper");
  }

  private static Fd open(Path folder) {
    return Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
  }

  /** Makes an image of the container's; returns its id. */
  public String commit(Commit commit) throws IOException {
    Unit unit = units.find(commit.container);
    Optional<ImageReference> name =
        commit.name.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(commit.name));
    changes.check(commit.changes);
    Image base =
        store
            .find(unit.record().imageId())
            .orElseThrow(
                () -> new EngineException("the image of container " + unit.record().name() + " is gone: " + unit.record().imageId()));
    Descriptor layer =
        commit.pause ? held.whileHeld(List.of(unit), () -> layer(unit, base)) : layer(unit, base);
    try {
      List<Layer> stack = new ArrayList<>(base.layers());
      List<Descriptor> blobs = new ArrayList<>(stack.stream().map(Layer::blob).toList());
      blobs.add(layer);
      ImageConfig config = config(unit.record(), base, layer, commit);
      store.layerDirs(Layer.stack(config.diffIds(), blobs));
      return changes.add(config, blobs, Map.of(Image.MADE_LOCALLY, "commit"), name, commit.changes).id().toString();
    } finally {
      store.blobs().unclaim(layer.digest());
    }
  }

  private Descriptor layer(Unit unit, Image base) {
    Path point = store.layers().newWorkArea();
    List<Path> layers = store.layerDirs(base);
    try (Fd below = layers.size() == 1 ? open(layers.getFirst()) : Overlay.mountReadOnly(store.layers().dir(), layers, point);
        Fd upper = open(upper(unit));
        BlobWriter blob = store.blobs().write()) {
      BufferedOutputStream buffered = new BufferedOutputStream(blob, BUFFER);
      ContainerRoots.changes(upper, below, buffered);
      buffered.flush();
      return blob.commit(MediaTypes.OCI_LAYER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Trees.delete(point);
    }
  }

  /** The image's settings, with those that the container was given. */
  private static ImageConfig config(ContainerRecord record, Image base, Descriptor layer, Commit commit) {
    ProcessSpec process = record.spec().process();
    ImageConfig from = base.config();
    String now = Instant.now().toString();
    ImageConfigBuilder config = from.toBuilder().created(now).author(commit.author);
    List<String> argv = process.argv();
    int entry = from.entrypoint().size();
    if (argv.size() >= entry && argv.subList(0, entry).equals(from.entrypoint())) {
      config.cmd(argv.subList(entry, argv.size()));
    } else {
      config.entrypoint(List.of()).cmd(argv);
    }
    for (String variable : process.env()) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        config.env(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    config.user(process.user()).workingDir(process.cwd());
    record.spec().labels().forEach(
        (key, value) -> {
          if (!key.startsWith("com.docker.compose.") && !key.startsWith("io.jcompose.")) {
            config.label(key, value);
          }
        });
    return config
        .layer(layer.digest())
        .history(new ImageConfig.History(now, String.join(" ", argv), commit.author, commit.message, false))
        .build();
  }
}
