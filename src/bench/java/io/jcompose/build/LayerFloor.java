package io.jcompose.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The least that a new layer of a folder's files costs: one thread hashes them (SHA-256 cannot be shared by two), while
 * another writes them to one file. {@code java LayerFloor.java FOLDER ROUNDS} prints the median of the rounds in
 * milliseconds, after as many to warm up.
 */
public final class LayerFloor {
  private static final int BUFFER = 1 << 20;

  private LayerFloor() {}

  public static void main(String[] arguments) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(Path.of(arguments[0]))) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    int rounds = Integer.parseInt(arguments[1]);
    double[] took = new double[rounds];
    for (int i = 0; i < 2 * rounds; i++) {
      took[i % rounds] = round(files);
    }
    Arrays.sort(took);
    System.out.printf("%.2f%n", took[rounds / 2]);
  }

  private static double round(List<Path> files) throws IOException {
    Path layer = Files.createTempFile(Path.of(""), "layer", "");
    try {
      long begin = System.nanoTime();
      CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(files, layer));
      hash(files);
      written.join();
      return (System.nanoTime() - begin) / 1e6;
    } finally {
      Files.delete(layer);
    }
  }

  private static void hash(List<Path> files) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[BUFFER];
      for (Path file : files) {
        try (InputStream in = Files.newInputStream(file)) {
          for (int read; (read = in.read(buffer)) > 0; ) {
            sha256.update(buffer, 0, read);
          }
        }
      }
      sha256.digest();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // Every Java platform has it.
    }
  }

  private static void write(List<Path> files, Path layer) {
    try (OutputStream out = Files.newOutputStream(layer, StandardOpenOption.WRITE)) {
      for (Path file : files) {
        Files.copy(file, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
