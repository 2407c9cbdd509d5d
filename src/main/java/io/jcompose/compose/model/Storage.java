package io.jcompose.compose.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a service's containers see as files.
 *
 * @param mounts volumes, binds and so on, each target once
 * @param volumesFrom {@code service[:ro]} or {@code container:name[:ro]}
 * @param tmpfs {@code path[:options]} of the short {@code tmpfs} attribute
 * @param secrets files from {@code secrets}
 * @param configs files from {@code configs}
 * @param readOnly whether the root file system is read-only
 * @param shmSize bytes of /dev/shm; empty: 64 MiB
 * @param options of the storage driver
 */
public record Storage(
    List<Mount> mounts,
    List<String> volumesFrom,
    List<String> tmpfs,
    List<FileRef> secrets,
    List<FileRef> configs,
    boolean readOnly,
    OptionalLong shmSize,
    Map<String, String> options) {

  public static final Storage DEFAULT =
      new Storage(
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          false,
          OptionalLong.empty(),
          Map.of());

  public Storage {
    mounts = List.copyOf(mounts);
    volumesFrom = List.copyOf(volumesFrom);
    tmpfs = List.copyOf(tmpfs);
    secrets = List.copyOf(secrets);
    configs = List.copyOf(configs);
    options = Maps.sorted(options);
  }

  /** The default with these mounts. */
  public static Storage of(Mount... mounts) {
    return new Storage(
        List.of(mounts),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        false,
        OptionalLong.empty(),
        Map.of());
  }

  /** The keys of the named volumes among the mounts. */
  public List<String> volumeKeys() {
    return mounts.stream()
        .filter(Mount.Volume.class::isInstance)
        .map(m -> ((Mount.Volume) m).volume())
        .flatMap(Optional::stream)
        .distinct()
        .toList();
  }
}
