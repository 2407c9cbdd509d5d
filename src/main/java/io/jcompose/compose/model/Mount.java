package io.jcompose.compose.model;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Something mounted into a container. */
public sealed interface Mount {

  /** Where, inside the container. */
  String target();

  boolean readOnly();

  /**
   * A file or directory of the host.
   *
   * @param source absolute
   * @param createHostPath whether a missing source is made as a directory
   * @param propagation such as {@code rslave}; empty: {@code rprivate}
   * @param selinux {@code z} or {@code Z}
   * @param recursive {@code enabled}, {@code disabled}, {@code writable}, {@code readonly}
   * @param consistency kept, without effect on Linux
   */
  record Bind(
      Path source,
      String target,
      boolean readOnly,
      boolean createHostPath,
      Optional<String> propagation,
      Optional<String> selinux,
      Optional<String> recursive,
      Optional<String> consistency)
      implements Mount {}

  /**
   * A volume.
   *
   * @param volume the key below {@code volumes}; empty: an anonymous one
   * @param nocopy whether the image's files at the target stay out of a new volume
   * @param subpath a path inside the volume
   * @param labels of an anonymous volume
   */
  record Volume(
      Optional<String> volume,
      String target,
      boolean readOnly,
      boolean nocopy,
      Optional<String> subpath,
      Map<String, String> labels)
      implements Mount {
    public Volume {
      labels = Maps.sorted(labels);
    }

    /** Whether it has no name and so is inherited when the container is made anew. */
    public boolean anonymous() {
      return volume.isEmpty();
    }
  }

  /**
   * A file system in memory.
   *
   * @param size bytes; empty: the kernel's default
   * @param mode permission bits of its root; empty: 1777
   */
  record Tmpfs(String target, boolean readOnly, OptionalLong size, OptionalInt mode)
      implements Mount {}

  /**
   * The files of an image.
   *
   * @param image the reference
   * @param subpath a path inside it
   */
  record Image(String image, String target, boolean readOnly, Optional<String> subpath)
      implements Mount {}

  /**
   * A kind of mount that Linux does not have ({@code npipe}, {@code cluster}).
   *
   * @param type as written
   */
  record Foreign(String type, Optional<String> source, String target, boolean readOnly)
      implements Mount {}
}
