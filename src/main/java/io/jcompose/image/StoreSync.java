package io.jcompose.image;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Gets what a store has written to the disk: at once, or soon; the index tells what may be lost till then. */
final class StoreSync {
  private static final System.Logger LOG = System.getLogger(StoreSync.class.getName());
  static final String THREAD = "image store sync";
  private final Path imagesDir;
  private final LayerStore layers;
  private final ImageNames names;
  private final Executor worker;
  private final AtomicBoolean asked = new AtomicBoolean();

  StoreSync(Path imagesDir, LayerStore layers, ImageNames names, Executor worker) {
    this.imagesDir = imagesDir;
    this.layers = layers;
    this.names = names;
    this.worker = worker;
  }

  /** Everything is on the disk when this returns. */
  void now() {
    Set<Digest> pending = layers.unsynced();
    try (Fd dir = Fs.open(imagesDir.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.syncfs(dir);
      layers.synced(pending);
    } catch (IOException e) {
      throw ImageException.io("writing the image to the disk", e);
    }
  }

  /** What is there now gets to the disk soon. */
  void soon() {
    if (asked.compareAndSet(false, true)) {
      worker.execute(this::run);
    }
  }

  /** A worker for one of these. */
  static void onThread(Runnable run) {
    Thread.ofPlatform().daemon().name(THREAD).start(run);
  }

  private void run() {
    asked.set(false); // what comes from here on may come too late, and has a thread of its own
    try {
      Set<ImageIndex.Entry> entries = names.unsynced();
      now();
      names.synced(entries);
      if (!names.unsynced().isEmpty()) {
        soon(); // one that was tagged meanwhile
      }
    } catch (ImageException | LinuxException e) {
      LOG.log(System.Logger.Level.WARNING, "an image is not on the disk yet: {0}", e.getMessage());
    }
  }
}
