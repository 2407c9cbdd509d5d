package io.jcompose.build;

import java.nio.file.Path;

/**
 * Something that a RUN step sees on {@code target}, an absolute path inside, and that is not in its
 * layer.
 */
public sealed interface StepMount {
  String target();

  /** A file or folder of the host. */
  record Bind(Path source, String target, boolean readOnly) implements StepMount {}

  /** A tmpfs; {@code size} in bytes, 0 for the kernel's default. */
  record Tmpfs(String target, long size) implements StepMount {}

  /**
   * A file with this content, which is never written to a disk that outlives the step; read-only.
   */
  record Secret(byte[] content, String target, int mode, int uid, int gid) implements StepMount {}
}
