package io.jcompose.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The layout's {@code index.json}: which manifests there are, and which names point to them. */
final class ImageIndex {
  private static final String NAME = "org.opencontainers.image.ref.name";

  /** A manifest, under a name or dangling. */
  record Entry(Descriptor manifest, Optional<ImageReference> name) {}

  private final Path file;

  ImageIndex(Path imagesDir) {
    file = imagesDir.resolve("index.json");
  }

  List<Entry> read() throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    JsonNode root = Json.parse(Files.readAllBytes(file), "the image store's " + file);
    List<Entry> entries = new ArrayList<>();
    for (JsonNode node : root.path("manifests")) {
      String name = Json.text(node.path("annotations"), NAME);
      Optional<ImageReference> reference =
          name.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(name));
      entries.add(new Entry(Manifest.descriptor(node), reference));
    }
    return entries;
  }

  /** Replaces the file by a rename; the old one or the new one is there, whatever happens. */
  void write(List<Entry> entries) throws IOException {
    ObjectNode root = Json.object();
    root.put("schemaVersion", 2);
    root.put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = root.putArray("manifests");
    for (Entry entry : entries) {
      ObjectNode node = Manifest.json(entry.manifest());
      entry
          .name()
          .ifPresent(name -> node.putObject("annotations").put(NAME, name.toString()));
      manifests.add(node);
    }
    Path fresh = file.resolveSibling("index.json.new");
    Files.write(fresh, Json.bytes(root));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
