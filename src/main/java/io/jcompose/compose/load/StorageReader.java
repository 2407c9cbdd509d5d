package io.jcompose.compose.load;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Storage;
import java.nio.file.Path;

/** Makes the record of a service's files of its canonical tree. */
final class StorageReader {

  private StorageReader() {}

  static Storage read(View service) {
    return new Storage(
        service.list("volumes", StorageReader::mount),
        service.texts("volumes_from"),
        service.texts("tmpfs"),
        service.list("secrets", s -> BuildReader.fileRef(s, "/run/secrets/")),
        service.list("configs", c -> BuildReader.fileRef(c, "/")),
        service.flag("read_only"),
        service.number("shm_size"),
        service.labels("storage_opt"));
  }

  private static Mount mount(View mount) {
    String target = mount.text("target").orElse("");
    boolean readOnly = mount.flag("read_only");
    String type = mount.text("type").orElse("volume");
    return switch (type) {
      case "bind" -> {
        View bind = mount.view("bind");
        yield new Mount.Bind(
            Path.of(mount.text("source").orElse("")),
            target,
            readOnly,
            bind.optionalFlag("create_host_path").orElse(false),
            bind.text("propagation"),
            bind.text("selinux"),
            bind.text("recursive"),
            mount.text("consistency"));
      }
      case "volume" -> {
        View volume = mount.view("volume");
        yield new Mount.Volume(
            mount.text("source"),
            target,
            readOnly,
            volume.flag("nocopy"),
            volume.text("subpath"),
            volume.labels("labels"));
      }
      case "tmpfs" ->
          new Mount.Tmpfs(
              target,
              readOnly,
              mount.view("tmpfs").number("size"),
              mount.view("tmpfs").integer("mode"));
      case "image" ->
          new Mount.Image(
              mount.text("source").orElse(""),
              target,
              readOnly,
              mount.view("image").text("subpath"));
      default -> new Mount.Foreign(type, mount.text("source"), target, readOnly);
    };
  }
}
