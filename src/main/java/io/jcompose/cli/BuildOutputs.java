package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.BuiltImage;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.FieldList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Where a build's result goes: {@code --output}, in the forms of {@code docker buildx build}. */
final class BuildOutputs {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STANDARD_OUTPUT = "-";
  private static final List<String> TYPES =
      List.of("local", "tar", "oci", "docker", "image", "registry", "cacheonly");

  /** One of them; {@code destination} is empty where none was given. */
  private record Output(String type, String destination, Map<String, String> fields) {
    boolean isStore() {
      return type.equals("image") || type.equals("registry") || type.equals("docker") && destination.isEmpty();
    }

    boolean is(String field, boolean usually) {
      String value = fields.get(field);
      return value == null ? usually : value.isEmpty() || value.equals("true") || value.equals("1");
    }
  }

  private final CommandContext context;
  private final List<Output> outputs = new ArrayList<>();
  private final List<String> tags;

  /** {@code given} as on the command line; {@code tags} are the image's names, and get those of an output. */
  BuildOutputs(CommandContext context, List<String> given, List<String> tags) {
    this.context = context;
    this.tags = new ArrayList<>(tags);
    for (String each : given) {
      Output output = parse(each);
      outputs.add(output);
      if (output.isStore() && output.fields.containsKey("name")) {
        Arrays.stream(output.fields.get("name").split(",")).filter(name -> !name.isEmpty()).forEach(this.tags::add);
      }
    }
    if (outputs.stream().filter(this::writesToStandardOutput).count() > 1) {
      throw new EngineException("only one output can go to standard output");
    }
  }

  private static Output parse(String text) {
    if (!text.contains("=") && !text.contains(",")) {
      return text.equals(STANDARD_OUTPUT) ? new Output("tar", text, Map.of()) : local(text, Map.of());
    }
    Map<String, String> fields = FieldList.parse(text);
    String type = fields.getOrDefault("type", "");
    if (type.isEmpty()) {
      throw new EngineException("type is required for output: --output " + text);
    }
    if (!TYPES.contains(type)) {
      throw new EngineException(
          "--output " + text + ": exporter \"" + type + "\" could not be found; it is one of " + String.join(", ", TYPES));
    }
    String destination = fields.getOrDefault("dest", "");
    return type.equals("local") ? local(destination, fields) : new Output(type, destination, fields);
  }

  /** A root file system is unpacked only where the user says. */
  private static Output local(String destination, Map<String, String> fields) {
    if (destination.isBlank() || destination.equals(STANDARD_OUTPUT)) {
      throw new EngineException("dest is required for local exporter: --output type=local,dest=FOLDER");
    }
    return new Output("local", destination, fields);
  }

  /** The names of the image. */
  List<String> tags() {
    return List.copyOf(tags);
  }

  /** Whether the image stays in the store. */
  boolean keeps() {
    return outputs.isEmpty() || outputs.stream().anyMatch(Output::isStore);
  }

  /** Whether the image is sent to its registry. */
  boolean pushes() {
    return outputs.stream().anyMatch(o -> o.type.equals("registry") || o.type.equals("image") && o.is("push", false));
  }

  private boolean writesToStandardOutput(Output output) {
    boolean file = List.of("tar", "oci", "docker").contains(output.type) && !output.isStore();
    return file && (output.destination.isEmpty() || output.destination.equals(STANDARD_OUTPUT));
  }

  /** Whether standard output is for the result alone. */
  boolean takesStandardOutput() {
    return outputs.stream().anyMatch(this::writesToStandardOutput);
  }

  /** Nothing is built when its result could not be shown. */
  void check(boolean pushes) {
    if (pushes && tags.isEmpty()) {
      throw new EngineException("tag is needed when pushing to registry: add -t REGISTRY/NAME");
    }
    outputs.stream()
        .filter(output -> writesToStandardOutput(output) && context.out().terminal())
        .findFirst()
        .ifPresent(
            output -> {
              throw new EngineException(
                  "dest file is required for " + output.type + " exporter. refusing to write to console");
            });
  }

  /** Writes everything that is asked for outside of the store. */
  void write(BuiltImage image) {
    ImageFiles files = new ImageFiles(context);
    for (Output output : outputs) {
      Path place = context.invocation().directory().resolve(output.destination).normalize();
      switch (output.type) {
        case "local" -> image.writeFiles(place);
        case "tar" -> files.write(output.destination, image::writeTar);
        case "oci", "docker" -> {
          if (output.type.equals("oci") && !output.is("tar", true)) {
            layout(image, output, place);
          } else if (!output.isStore()) {
            files.write(output.destination, out -> image.writeArchive(names(output), out));
          }
        }
        default -> {} // the image is in the store, and sent from there
      }
    }
  }

  private List<String> names(Output output) {
    String name = output.fields.getOrDefault("name", "");
    return name.isEmpty() ? tags() : List.of(name.split(","));
  }

  private void layout(BuiltImage image, Output output, Path folder) {
    if (output.destination.isEmpty() || output.destination.equals(STANDARD_OUTPUT)) {
      throw new EngineException("dest is required for an oci layout that is no tar: --output type=oci,tar=false,dest=FOLDER");
    }
    try {
      image.writeLayout(names(output), folder);
    } catch (IOException e) {
      throw new EngineException("can't write " + folder + ": " + e.getMessage(), e);
    }
  }

  /**
   * What {@code --metadata-file} tells: of an image its digests, of mere files nothing.
   *
   * @param kept whether the image is in the store
   * @param digest of the manifest, as the registry has it where the image was sent
   */
  ObjectNode metadata(BuiltImage image, boolean kept, String digest) {
    ObjectNode root = JSON.createObjectNode();
    if (kept || outputs.stream().anyMatch(o -> o.type.equals("oci") || o.type.equals("docker"))) {
      root.put("containerimage.config.digest", image.id());
      if (digest.equals(image.digest())) {
        root.putObject("containerimage.descriptor")
            .put("mediaType", image.mediaType())
            .put("digest", digest)
            .put("size", image.manifestSize());
      }
      root.put("containerimage.digest", digest);
      if (!tags.isEmpty()) {
        root.put("image.name", String.join(",", tags.stream().map(BuiltImage::wholeName).toList()));
      }
    }
    return root;
  }

  /** Writes text that a flag asked for. */
  static void writeText(Path target, String text) {
    try {
      Files.writeString(target, text);
    } catch (NoSuchFileException e) {
      throw new EngineException("open " + target + ": no such file or directory", e);
    } catch (IOException e) {
      throw new EngineException("the file " + target + " can't be written: " + e.getMessage(), e);
    }
  }
}
