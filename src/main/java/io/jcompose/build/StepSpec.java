package io.jcompose.build;

import io.jcompose.container.Ulimit;
import java.nio.file.Path;
import java.util.List;

/**
 * A RUN step, resolved: what the engine makes a container of.
 *
 * @param title for messages, such as {@code db build 2/4}
 * @param layers directories of the image so far, the topmost first; never empty
 * @param layersDir the folder that holds all layers, and {@code writable}: overlay options may be
 *     relative to it
 * @param writable a folder with empty directories {@code upper} and {@code work} for the overlay
 * @param env {@code NAME=value}
 * @param workingDir absolute
 * @param user as USER has it, resolved in the image's own files; empty for root
 * @param network {@code default}, {@code none}, {@code host}, or a name that the build was given
 * @param extraHosts {@code name:address}
 * @param shmSize of /dev/shm in bytes, 0 for the default
 * @param privileged all rights
 */
public record StepSpec(
    String title,
    List<Path> layers,
    Path layersDir,
    Path writable,
    List<String> argv,
    List<String> env,
    String workingDir,
    String user,
    List<StepMount> mounts,
    String network,
    List<String> extraHosts,
    long shmSize,
    List<Ulimit> ulimits,
    boolean privileged) {}
