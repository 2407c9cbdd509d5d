package io.jcompose.engine;

import io.jcompose.image.ImageStore;
import io.jcompose.linux.UnixSocket;
import io.jcompose.volume.Volumes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** Loads what an engine needs at its start, without making anything outside a folder of its own. */
public final class EngineTraining {
  private EngineTraining() {}

  public static void run(Path folder) throws IOException {
    loadAll();
    ImageStore.open(folder.resolve("images"), folder.resolve("layers")).list();
    new Volumes(folder.resolve("volumes")).list();
    UnixSocket[] pair = UnixSocket.pair(UnixSocket.SEQPACKET);
    try (UnixSocket one = pair[0];
        UnixSocket other = pair[1]) {
      one.send(new byte[] {1}, List.of(one.fd()));
      other.receive(16).fds().forEach(fd -> fd.close());
    }
  }

  /** Every class of ours: one that is loaded here need not be read, checked and linked at each start. */
  private static void loadAll() throws IOException {
    Path jar = Path.of(System.getProperty("jcompose.lib"), "jcompose.jar");
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : Collections.list(file.entries())) {
        String name = entry.getName();
        if (name.startsWith("io/") && name.endsWith(".class") && !name.endsWith("-info.class")) {
          Class.forName(
              name.substring(0, name.length() - ".class".length()).replace('/', '.'),
              false,
              EngineTraining.class.getClassLoader());
        }
      }
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalStateException("a class in " + jar + " does not load", e);
    }
  }
}
