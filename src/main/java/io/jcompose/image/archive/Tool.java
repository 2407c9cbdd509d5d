package io.jcompose.image.archive;

import io.jcompose.image.Cancellation;
import io.jcompose.image.ImageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A program of the host, run with an argument list and an environment of our own, never through a
 * shell.
 */
final class Tool {
  private static final int LINES_IN_ERROR = 5;
  private static final List<String> SEARCHED =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  /** Mounts of its own, and a process namespace that dies as a whole (unshare(1)). */
  private static final List<String> CONTAINED =
      List.of("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

  private final String name;
  private final String debianPackage;
  private final List<String> prefix;

  /** {@code debianPackage} is what to install when the program is missing. */
  Tool(String name, String debianPackage) {
    this(name, debianPackage, List.of());
  }

  private Tool(String name, String debianPackage, List<String> prefix) {
    this.name = name;
    this.debianPackage = debianPackage;
    this.prefix = prefix;
  }

  /** The same program, in namespaces of its own: nothing of it survives it, no process and no mount. */
  Tool contained() {
    if (SEARCHED.stream().noneMatch(dir -> Files.isExecutable(Path.of(dir, name)))) {
      throw new ImageException(
          name + " is not there: install it with `apt-get install " + debianPackage + "`");
    }
    return new Tool(name, debianPackage, CONTAINED);
  }

  /**
   * Runs the program in {@code cwd}; its output goes to {@code out}, the lines of its errors to
   * {@code lines}. When it is cancelled, or {@code lines} throws, the program and all that it
   * started is killed.
   */
  void run(
      List<String> arguments,
      Map<String, String> env,
      Path cwd,
      OutputStream out,
      Consumer<String> lines,
      Cancellation cancellation) {
    List<String> argv = new ArrayList<>(prefix);
    argv.add(name);
    argv.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(argv).directory(cwd.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", SEARCHED.stream().collect(Collectors.joining(":")));
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
    builder.environment().putAll(env);
    Process process = start(builder);
    AtomicReference<RuntimeException> stopped = new AtomicReference<>();
    Messages messages = new Messages(process, lines, stopped);
    Thread reader = Thread.ofPlatform().daemon().name(name).start(messages::read);
    try (Cancellation.Registration registration =
        cancellation.onCancel(
            () -> {
              stopped.compareAndSet(null, new CancellationException(name + " was cancelled"));
              kill(process);
            })) {
      process.getOutputStream().close();
      process.getInputStream().transferTo(out);
      int code = process.waitFor();
      reader.join();
      if (stopped.get() != null) {
        throw stopped.get();
      }
      if (code != 0) {
        throw new ImageException(
            name + " failed (exit code " + code + "): " + String.join("; ", messages.last()));
      }
      assert registration != null;
    } catch (IOException e) {
      if (stopped.get() != null) {
        throw stopped.get();
      }
      throw new ImageException("running " + name + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImageException(name + " was interrupted", e);
    } finally {
      kill(process);
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
  }

  /** The lines that a program writes on its standard error. */
  private record Messages(
      Process process,
      Consumer<String> lines,
      AtomicReference<RuntimeException> stopped,
      Deque<String> last) {
    Messages(
        Process process, Consumer<String> lines, AtomicReference<RuntimeException> stopped) {
      this(process, lines, stopped, new ArrayDeque<>());
    }

    void read() {
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
        last.addLast("(the rest of the messages could not be read: " + e.getMessage() + ")");
      } catch (RuntimeException e) {
        stopped.compareAndSet(null, e);
        kill(process);
      }
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
}
