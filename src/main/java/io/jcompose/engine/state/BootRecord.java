package io.jcompose.engine.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * In which boot of the host an engine last worked below a root: {@code boot.json}. In another boot nothing that runs
 * is ours, whatever the run folder says, and the containers that are to run always come back.
 */
public final class BootRecord {
  private static final Path CURRENT = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path file;
  private final boolean rebooted;

  private BootRecord(Path file, boolean rebooted) {
    this.file = file;
    this.rebooted = rebooted;
  }

  record Written(String boot) {}

  /** Compares with the boot of now; {@link #note} is to follow when what a reboot asks for has been done. */
  public static BootRecord of(Path root) {
    Path file = root.resolve("boot.json");
    Optional<String> before = StateFile.read(file, Written.class).map(Written::boot);
    return new BootRecord(file, before.isPresent() && !before.get().equals(current()));
  }

  /** Whether the host was started anew since an engine worked here. */
  public boolean rebooted() {
    return rebooted;
  }

  /** From now on this is the boot in which an engine has worked here. */
  public void note() {
    StateFile.write(file, new Written(current()), false);
  }

  private static String current() {
    try {
      return Files.readString(CURRENT).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
