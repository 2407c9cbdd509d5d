package io.jcompose.image.archive;

import io.jcompose.image.ImageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A program of the host, run with an argument list and an environment of our own, never through a
 * shell.
 */
final class Tool {
  private static final int LINES_IN_ERROR = 5;
  private final String name;
  private final String debianPackage;

  /** {@code debianPackage} is what to install when the program is missing. */
  Tool(String name, String debianPackage) {
    this.name = name;
    this.debianPackage = debianPackage;
  }

  /**
   * Runs the program in {@code cwd}; its output goes to {@code out}, the lines of its errors to
   * {@code lines}.
   */
  void run(
      List<String> arguments,
      Map<String, String> env,
      Path cwd,
      OutputStream out,
      Consumer<String> lines) {
    List<String> argv = new java.util.ArrayList<>();
    argv.add(name);
    argv.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(argv).directory(cwd.toFile());
    builder.environment().clear();
    builder
        .environment()
        .put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    builder.environment().putAll(env);
    Process process = start(builder);
    Deque<String> last = new ArrayDeque<>();
    Thread reader =
        Thread.ofPlatform().daemon().name(name).start(() -> readLines(process, last, lines));
    try (InputStream produced = process.getInputStream()) {
      process.getOutputStream().close();
      produced.transferTo(out);
      int code = process.waitFor();
      reader.join();
      if (code != 0) {
        throw new ImageException(
            name + " failed (exit code " + code + "): " + String.join("; ", last));
      }
    } catch (IOException e) {
      throw new ImageException("running " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(name + " was cancelled", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ImageException(
          name
              + " can't be run ("
              + e.getMessage()
              + "): install it with `apt-get install "
              + debianPackage
              + "`",
          e);
    }
  }

  private static void readLines(Process process, Deque<String> last, Consumer<String> lines) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String shown = line.substring(line.lastIndexOf('\r') + 1).strip();
        if (!shown.isEmpty()) {
          last.addLast(shown);
          if (last.size() > LINES_IN_ERROR) {
            last.removeFirst();
          }
          lines.accept(shown);
        }
      }
    } catch (IOException e) {
      lines.accept("(the rest of the messages could not be read: " + e.getMessage() + ")");
    }
  }
}
