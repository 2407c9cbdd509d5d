package io.jcompose.engine;

import io.jcompose.build.RootExport;
import io.jcompose.image.Image;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Manifest;
import io.jcompose.image.archive.ImageSaver;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What a build came to. One that is not kept can be written elsewhere only while it is handed out. */
public final class BuiltImage {
  private final ImageStore store;
  private final Image image;
  private final Optional<Long> sourceDateEpoch;
  private final String mediaType;
  private final long manifestSize;

  BuiltImage(ImageStore store, Image image, Optional<Long> sourceDateEpoch) {
    this.store = store;
    this.image = image;
    this.sourceDateEpoch = sourceDateEpoch;
    this.mediaType = Manifest.parse(store.blobs().read(image.manifest())).mediaType();
    this.manifestSize = store.blobs().size(image.manifest()).orElseThrow();
  }

  public String id() {
    return image.id().toString();
  }

  /** The digest of its manifest. */
  public String digest() {
    return image.manifest().toString();
  }

  /** The media type of its manifest. */
  public String mediaType() {
    return mediaType;
  }

  /** Bytes of its manifest. */
  public long manifestSize() {
    return manifestSize;
  }

  /** A name as registries know it. */
  public static String wholeName(String name) {
    return ImageReference.parse(name).toString();
  }

  /** Writes its files into a folder, over those that are there. */
  public void writeFiles(Path folder) {
    new RootExport(store).toFolder(image, folder);
  }

  /** Writes its files as a tar. */
  public void writeTar(OutputStream out) throws IOException {
    new RootExport(store).toTar(image, sourceDateEpoch, out);
  }

  /** Writes an archive that Docker and OCI tools read. */
  public void writeArchive(List<String> names, OutputStream out) throws IOException {
    new ImageSaver(store).save(List.of(saved(names)), out);
  }

  /** Writes an OCI layout. */
  public void writeLayout(List<String> names, Path folder) throws IOException {
    new ImageSaver(store).saveLayout(List.of(saved(names)), folder);
  }

  private ImageSaver.Saved saved(List<String> names) {
    return new ImageSaver.Saved(image, names.stream().map(ImageReference::parse).toList());
  }
}
