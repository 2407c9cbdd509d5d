package io.jcompose.container;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Something placed on a path of the container. {@code target} is absolute inside the container. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Mount.Bind.class, name = "bind"),
  @JsonSubTypes.Type(value = Mount.Volume.class, name = "volume"),
  @JsonSubTypes.Type(value = Mount.Tmpfs.class, name = "tmpfs"),
  @JsonSubTypes.Type(value = Mount.Image.class, name = "image"),
  @JsonSubTypes.Type(value = Mount.File.class, name = "file")
})
public sealed interface Mount {
  String target();

  boolean readOnly();

  /**
   * A file or directory of the host.
   *
   * @param source absolute path on the host; must exist
   * @param recursive with what is mounted below it
   * @param propagation private, rprivate, slave, rslave, shared, rshared
   * @param writableBelow what is mounted below it is not made read-only with it
   * @param own a secret or a config: of this container alone, whoever takes over its volumes
   */
  record Bind(
      String source,
      String target,
      boolean readOnly,
      boolean recursive,
      String propagation,
      boolean writableBelow,
      boolean own)
      implements Mount {
    public Bind(
        String source, String target, boolean readOnly, boolean recursive, String propagation, boolean writableBelow) {
      this(source, target, readOnly, recursive, propagation, writableBelow, false);
    }

    public Bind(
        String source, String target, boolean readOnly, boolean recursive, String propagation) {
      this(source, target, readOnly, recursive, propagation, false);
    }

    /** A recursive bind with private propagation. */
    public static Bind of(String source, String target, boolean readOnly) {
      return new Bind(source, target, readOnly, true, "rprivate");
    }

    /** A secret or a config, shown as it is on the host. */
    public static Bind own(String source, String target) {
      return new Bind(source, target, true, true, "rprivate", false, true);
    }
  }

  /**
   * A volume. An empty one is filled with what the image has at {@code target}, unless {@code nocopy}.
   *
   * @param source the folder that holds the volume's data, absolute path on the host
   * @param subpath relative path inside the volume, resolved without leaving it; empty: all of it
   * @param fileSystem what is mounted in place of {@code source}
   */
  record Volume(
      String name,
      String source,
      String target,
      boolean readOnly,
      boolean nocopy,
      String subpath,
      FileSystem fileSystem)
      implements Mount {
    public Volume {
      fileSystem = Objects.requireNonNullElse(fileSystem, FileSystem.NONE);
    }

    /** A volume that is a folder. */
    public Volume(
        String name, String source, String target, boolean readOnly, boolean nocopy, String subpath) {
      this(name, source, target, readOnly, nocopy, subpath, FileSystem.NONE);
    }
  }

  /**
   * A file system that is mounted for as long as a container has the volume.
   *
   * @param type as mount(8) takes it, such as {@code tmpfs} or {@code nfs}
   * @param options as mount(8) takes them, such as {@code size=64m}
   */
  record FileSystem(String type, String device, String options) {
    /** The volume is a folder. */
    public static final FileSystem NONE = new FileSystem("", "", "");
  }

  /**
   * A tmpfs.
   *
   * @param options as mount(8) takes them, such as {@code size=64m,mode=700,exec}; added to
   *     noexec,nosuid,nodev, of which the last one of a kind wins
   */
  record Tmpfs(String target, String options, boolean readOnly) implements Mount {}

  /**
   * The files of an image, to be read.
   *
   * @param image its reference; for messages
   * @param id its digest: it must not be collected as long as the container is there
   * @param layers unpacked, the top-most first
   * @param subpath relative path inside it, resolved without leaving it; empty: all of it
   */
  record Image(String image, String id, List<Path> layers, String target, String subpath)
      implements Mount {
    public Image {
      layers = List.copyOf(layers);
    }

    @Override
    public boolean readOnly() {
      return true;
    }
  }

  /**
   * A secret or a config that is not bound: a file whose content comes with each start ({@link StartInputs}) and is
   * kept in memory only.
   *
   * @param name as the user knows it
   * @param mode permission bits
   * @param source the file of the host that its content is read from; empty: it has none
   */
  record File(String name, String target, int uid, int gid, int mode, String source)
      implements Mount {
    @Override
    public boolean readOnly() {
      return true;
    }
  }
}
