package io.jcompose.container;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Something placed on a path of the container. {@code target} is absolute inside the container. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Mount.Bind.class, name = "bind"),
  @JsonSubTypes.Type(value = Mount.Volume.class, name = "volume"),
  @JsonSubTypes.Type(value = Mount.Tmpfs.class, name = "tmpfs")
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
   */
  record Bind(
      String source, String target, boolean readOnly, boolean recursive, String propagation)
      implements Mount {
    /** A recursive bind with private propagation. */
    public static Bind of(String source, String target, boolean readOnly) {
      return new Bind(source, target, readOnly, true, "rprivate");
    }
  }

  /**
   * A volume. An empty one is filled with what the image has at {@code target}, unless {@code nocopy}.
   *
   * @param source the folder that holds the volume's data, absolute path on the host
   * @param subpath relative path inside the volume, resolved without leaving it; empty: all of it
   */
  record Volume(
      String name, String source, String target, boolean readOnly, boolean nocopy, String subpath)
      implements Mount {}

  /**
   * A tmpfs.
   *
   * @param options as mount(8) takes them, such as {@code size=64m,mode=700,exec}; added to
   *     noexec,nosuid,nodev, of which the last one of a kind wins
   */
  record Tmpfs(String target, String options, boolean readOnly) implements Mount {}
}
