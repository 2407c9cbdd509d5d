package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.ImageSummary;
import io.jcompose.image.Layer;
import io.jcompose.image.archive.DockerRoot;
import io.jcompose.image.archive.ImageLoader;
import io.jcompose.image.archive.ImageSaver;
import io.jcompose.image.registry.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is known of single images, and how they come and go as files. */
public final class ImageDetails {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final ImageStore store;

  ImageDetails(ImageStore store) {
    this.store = store;
  }

  /** A step of an image's history, the newest first. {@code size} in bytes. */
  public record Step(String created, String createdBy, long size, String comment) {}

  private Image find(String name) {
    return store.find(name).orElseThrow(() -> new EngineException("no such image: " + name));
  }

  /**
   * Refuses an image that is for another platform; one that is not there it lets pass.
   *
   * @param platform such as {@code linux/arm64}; empty: any will do
   */
  public void requirePlatform(String name, String platform) {
    if (platform.isEmpty()) {
      return;
    }
    Platform wanted = Platform.parse(platform);
    Optional<Platform> own = store.find(name).map(image -> Platform.of(image.config()));
    if (own.isPresent() && !wanted.accepts(own.get())) {
      throw new EngineException(
          "image with reference " + name + " was found but its platform (" + own.get()
              + ") does not match the specified platform (" + wanted + ")");
    }
  }

  private List<ImageReference> names(Image image) {
    return store.list().stream()
        .filter(summary -> summary.image().id().equals(image.id()))
        .flatMap(summary -> summary.references().stream())
        .toList();
  }

  /** The image as Docker's {@code image inspect} shows it. */
  public ObjectNode inspect(String name) {
    Image image = find(name);
    ImageConfig config = image.config();
    ObjectNode root = JSON.createObjectNode();
    root.put("Id", image.id().toString());
    ArrayNode tags = root.putArray("RepoTags");
    ArrayNode digests = root.putArray("RepoDigests");
    for (ImageSummary summary : store.list()) {
      boolean same = summary.image().id().equals(image.id());
      boolean known = !summary.image().annotations().containsKey(Image.MADE_LOCALLY);
      for (ImageReference reference : same ? summary.references() : List.<ImageReference>of()) {
        if (reference.tag().isPresent()) {
          tags.add(reference.familiarName() + ":" + reference.tag().get());
        }
        if (known) {
          digests.add(reference.familiarName() + "@" + summary.image().manifest());
        }
      }
    }
    root.put("Parent", "");
    root.put("Comment", config.history().isEmpty() ? "" : config.history().getLast().comment());
    root.put("Created", config.created());
    root.put("Author", config.author());
    try {
      var raw = JSON.readTree(config.toJson()).path("config");
      ObjectNode shown = root.putObject("Config");
      List.of("User", "WorkingDir", "StopSignal").forEach(key -> shown.put(key, raw.path(key).asText("")));
      for (String key : List.of("Env", "Cmd", "Entrypoint", "Volumes", "ExposedPorts", "Labels", "OnBuild",
          "Healthcheck", "Shell")) {
        shown.set(key, raw.has(key) ? raw.get(key) : JSON.nullNode());
      }
    } catch (IOException e) {
      throw new IllegalStateException("our own JSON can be read", e);
    }
    root.put("Architecture", config.architecture());
    if (!config.variant().isEmpty()) {
      root.put("Variant", config.variant());
    }
    root.put("Os", config.os());
    root.put("Size", store.sizes().size(image));
    root.putObject("GraphDriver").put("Name", "overlay2").putObject("Data");
    ObjectNode files = root.putObject("RootFS").put("Type", "layers");
    ArrayNode layers = files.putArray("Layers");
    config.diffIds().forEach(id -> layers.add(id.toString()));
    ObjectNode metadata = root.putObject("Metadata");
    names(image).stream()
        .findFirst()
        .flatMap(store.names()::updated)
        .ifPresent(time -> metadata.put("LastTagTime", time.toString()));
    return root;
  }

  /** How the image came to be, the newest step first. */
  public List<Step> history(String name) {
    Image image = find(name);
    List<Layer> layers = new ArrayList<>(image.layers());
    List<Step> steps = new ArrayList<>();
    for (ImageConfig.History entry : image.config().history()) {
      boolean layer = !entry.emptyLayer() && !layers.isEmpty();
      long size = layer ? store.layers().size(layers.removeFirst()) : 0;
      steps.addFirst(new Step(entry.created(), entry.createdBy(), size, entry.comment()));
    }
    for (Layer layer : layers) {
      steps.addFirst(new Step("", "", store.layers().size(layer), ""));
    }
    return steps;
  }

  /** The image's id. */
  public String id(String name) {
    return find(name).id().toString();
  }

  /** Gives an image one more name. */
  public void tag(String source, String target) {
    ImageReference name = ImageReference.parse(target);
    if (name.digest().isPresent()) {
      throw new EngineException("refusing to create a tag with a digest reference: " + target);
    }
    store.names().tag(find(source), name);
  }

  /**
   * Writes images as one archive. An image that is given by several names has all of them in it; one
   * given by id has none.
   */
  public void save(List<String> wanted, OutputStream out) throws IOException {
    Map<Image, List<ImageReference>> chosen = new LinkedHashMap<>();
    for (String name : wanted) {
      Image image = find(name);
      List<ImageReference> names = chosen.computeIfAbsent(image, _ -> new ArrayList<>());
      boolean byId = image.id().hex().startsWith(name.replace("sha256:", ""));
      if (!byId) {
        ImageReference reference = ImageReference.parse(name);
        if (reference.tag().isPresent()) {
          names.add(new ImageReference(reference.registry(), reference.repository(), reference.tag(), Optional.empty()));
        }
      }
    }
    new ImageSaver(store).save(chosen.entrySet().stream().map(e -> new ImageSaver.Saved(e.getKey(), e.getValue())).toList(), out);
  }

  /**
   * Reads an archive; returns a line for each image.
   *
   * @param platform such as {@code linux/arm64}: only images for it; empty: all, and of an index the
   *     image for this host
   */
  public List<String> load(InputStream in, String platform) throws IOException {
    Optional<Platform> wanted = platform.isEmpty() ? Optional.empty() : Optional.of(Platform.parse(platform));
    return new ImageLoader(store)
        .load(in, wanted).stream()
            .map(
                loaded ->
                    loaded
                        .name()
                        .map(name -> "Loaded image: " + name.familiar())
                        .orElse("Loaded image ID: " + loaded.image().id()))
            .toList();
  }

  /**
   * Brings images over from a data root of Docker's; returns a line for each.
   *
   * @param wanted names; empty: all
   */
  public List<String> loadFromDocker(Path root, List<String> wanted, Progress progress) {
    return new DockerRoot(store, root)
        .load(wanted, line -> progress.output("Image", root.toString(), line)).stream()
            .map(name -> "Loaded image: " + name.familiar())
            .toList();
  }
}
