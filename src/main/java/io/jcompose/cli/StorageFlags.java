package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Flags of {@code container run} and {@code create} about what the container sees as files. */
final class StorageFlags {
  @Option(
      names = {"-v", "--volume"}, paramLabel = "VOLUME",
      description = "Mounts a volume or a folder: [SOURCE:]TARGET[:OPTIONS]")
  List<String> volumes = new ArrayList<>();

  @Option(names = "--mount", paramLabel = "MOUNT", description = "The same in words: type=bind,source=…,target=…,readonly")
  List<String> mounts = new ArrayList<>();

  @Option(names = "--tmpfs", paramLabel = "PATH", description = "Mounts a file system in memory: PATH[:OPTIONS]")
  List<String> tmpfs = new ArrayList<>();

  @Option(names = "--volumes-from", paramLabel = "CONTAINER", description = "Mounts what another container has")
  List<String> volumesFrom = new ArrayList<>();

  @Option(names = "--read-only", description = "Makes its root file system read-only")
  boolean readOnly;

  @Option(names = "--shm-size", paramLabel = "SIZE", description = "Size of /dev/shm. Default: 64m")
  String shmSize;

  @Option(names = "--storage-opt", paramLabel = "NAME=VALUE", description = "An option of the storage driver")
  List<String> options = new ArrayList<>();

  void write(FlagDocument document) {
    document.put("volumes", "--volume", volumes);
    mounts.forEach(mount -> MountFlag.write(mount, document.list("volumes", "--mount")));
    document.put("tmpfs", "--tmpfs", tmpfs);
    document.put("volumes_from", "--volumes-from", volumesFrom.stream().map(from -> "container:" + from).toList());
    document.service().put("read_only", readOnly);
    document.put("shm_size", "--shm-size", shmSize);
    options.forEach(
        option -> {
          String[] pair = option.split("=", 2);
          document.group("storage_opt", "--storage-opt").put(pair[0], pair.length > 1 ? pair[1] : "");
        });
  }
}
