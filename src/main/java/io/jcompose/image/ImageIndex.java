package io.jcompose.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.linux.SafeFile;
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

  /** Set while what the manifest names may not be on the disk yet. */
  private static final String UNSYNCED = "io.jcompose.unsynced";

  /**
   * A manifest, under a name or dangling.
   *
   * @param updated when the name last got it confirmed
   * @param synced whether all that it names is certainly on the disk
   */
  record Entry(Descriptor manifest, Optional<ImageReference> name, Instant updated, boolean synced) {
    /** What {@code name} means from now on. */
    static Entry now(Descriptor manifest, Optional<ImageReference> name, boolean synced) {
      return new Entry(manifest, name, Instant.now(), synced);
    }

    /** The same manifest under {@code name} from now on. */
    Entry as(Optional<ImageReference> name) {
      return now(manifest, name, synced);
    }

    Entry onDisk() {
      return new Entry(manifest, name, updated, true);
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
      write(found, true);
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
      boolean synced = Json.text(node.path("annotations"), UNSYNCED).isEmpty();
      entries.add(new Entry(Manifest.descriptor(node), reference, updated(node), synced));
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
          found.add(Entry.now(new Descriptor(manifest.mediaType(), digest, size), Optional.empty(), false));
        } catch (ImageException e) {
          LOG.log(System.Logger.Level.DEBUG, "{0} is no manifest: {1}", digest, e.getMessage());
        }
      }
    }
    return found;
  }

  /**
   * Replaces the file by a rename; the old one or the new one is there, even after a power failure.
   *
   * @param durable it is the new one then
   */
  void write(List<Entry> entries, boolean durable) throws IOException {
    ObjectNode root = Json.object();
    root.put("schemaVersion", 2);
    root.put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = root.putArray("manifests");
    for (Entry entry : entries) {
      ObjectNode node = Manifest.json(entry.manifest());
      ObjectNode notes = node.putObject("annotations");
      entry.name().ifPresent(name -> notes.put(NAME, name.toString()));
      notes.put(UPDATED, entry.updated().toString());
      if (!entry.synced()) {
        notes.put(UNSYNCED, "true");
      }
      manifests.add(node);
    }
    Path fresh = file.resolveSibling("index.json.new");
    Files.write(fresh, Json.bytes(root));
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    if (durable) {
      SafeFile.syncNames(file.getParent());
    }
  }
}
