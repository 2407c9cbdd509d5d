package io.jcompose.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The names of a store and the digests they stand for, read without opening the store. */
public final class ImageDigests {
  private final Map<String, Digest> byName = new TreeMap<>();

  private ImageDigests() {}

  /** Reads them; a store that is not there has none. */
  public static ImageDigests read(Path imagesDir) {
    ImageDigests digests = new ImageDigests();
    try {
      for (ImageIndex.Entry entry : new ImageIndex(imagesDir).peek()) {
        entry.name().ifPresent(name -> digests.byName.put(name.toString(), entry.manifest().digest()));
      }
      return digests;
    } catch (IOException e) {
      throw ImageException.io("reading the names of the images in " + imagesDir, e);
    }
  }

  /** The whole reference by digest: {@code docker.io/library/node:22@sha256:…}. */
  public Optional<String> pinned(String image) {
    ImageReference reference = ImageReference.parse(image);
    if (reference.digest().isPresent()) {
      return Optional.of(reference.name() + "@" + reference.digest().get());
    }
    return Optional.ofNullable(byName.get(reference.toString())).map(d -> reference + "@" + d);
  }
}
