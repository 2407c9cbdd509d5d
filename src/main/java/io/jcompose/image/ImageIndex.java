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
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The layout's {@code index.json}: which manifests there are, and which names point to them. */
final class ImageIndex {
  private static final System.Logger LOG = System.getLogger(ImageIndex.class.getName());
  private static final String NAME = "org.opencontainers.image.ref.name";

  /** When a name was last pulled or built, RFC 3339. */
  private static final String UPDATED = "io.jcompose.updated";

  /** A manifest, under a name or dangling, and when the name last got it confirmed. */
  record Entry(Descriptor manifest, Optional<ImageReference> name, Instant updated) {
    /** An entry that stands for now. */
    Entry(Descriptor manifest, Optional<ImageReference> name) {
      this(manifest, name, Instant.now());
    }
  }

  private final Path file;

  ImageIndex(Path imagesDir) {
    file = imagesDir.resolve("index.json");
  }

  /**
   * Reads the file. A damaged one is set aside, and the images are found again by their manifests
   * among {@code blobs}: only their names are lost.
   */
  List<Entry> read(BlobStore blobs) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      return parse(Files.readAllBytes(file));
    } catch (ImageException e) {
      Path aside = file.resolveSibling("index.json.damaged");
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}; it is kept as {1}, and the images are there without their names",
          e.getMessage(),
          aside);
      List<Entry> found = recover(blobs);
      write(found);
      return found;
    }
  }

  /** Reads the file and changes nothing; a damaged one is an error. */
  List<Entry> peek() throws IOException {
    return Files.exists(file) ? parse(Files.readAllBytes(file)) : List.of();
  }

  private List<Entry> parse(byte[] json) {
    List<Entry> entries = new ArrayList<>();
    for (JsonNode node : Json.parse(json, "the image store's " + file).path("manifests")) {
      String name = Json.text(node.path("annotations"), NAME);
      Optional<ImageReference> reference =
          name.isEmpty() ? Optional.empty() : Optional.of(ImageReference.parse(name));
      entries.add(new Entry(Manifest.descriptor(node), reference, updated(node)));
    }
    return entries;
  }

  /** A time that can't be read is long ago: then the image is asked for again. */
  private static Instant updated(JsonNode node) {
    try {
      return Instant.parse(Json.text(node.path("annotations"), UPDATED));
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private static List<Entry> recover(BlobStore blobs) throws IOException {
    List<Entry> found = new ArrayList<>();
    for (Digest digest : blobs.all()) {
      long size = blobs.size(digest).orElse(Long.MAX_VALUE);
      if (size <= Json.LARGEST) {
        try {
          Manifest manifest = Manifest.parse(blobs.read(digest));
          found.add(
              new Entry(new Descriptor(manifest.mediaType(), digest, size), Optional.empty()));
        } catch (ImageException e) {
          LOG.log(System.Logger.Level.DEBUG, "{0} is no manifest: {1}", digest, e.getMessage());
        }
      }
    }
    return found;
  }

  /** Replaces the file by a rename; the old one or the new one is there, whatever happens. */
  void write(List<Entry> entries) throws IOException {
    ObjectNode root = Json.object();
    root.put("schemaVersion", 2);
    root.put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = root.putArray("manifests");
    for (Entry entry : entries) {
      ObjectNode node = Manifest.json(entry.manifest());
      ObjectNode notes = node.putObject("annotations");
      entry.name().ifPresent(name -> notes.put(NAME, name.toString()));
      notes.put(UPDATED, entry.updated().toString());
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
