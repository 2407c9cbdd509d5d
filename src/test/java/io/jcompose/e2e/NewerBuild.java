package io.jcompose.e2e;

import io.jcompose.linux.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An installation like the one that is tested, beside it, with a later build stamp. */
final class NewerBuild implements AutoCloseable {
  private final TestEngine engine;
  private final Path home;

  /**
   * @param later seconds by which it is newer
   */
  NewerBuild(TestEngine engine, int later) {
    this.engine = engine;
    this.home = engine.folder().resolve("newer" + later);
    Path installed = TestEngine.client().getParent().getParent();
    Host.run("cp", "-al", installed.toString(), home.toString()).ok();
    Path build = home.resolve("lib/build");
    try {
      List<String> lines = Files.readAllLines(build);
      Files.delete(build);
      Files.writeString(build, (Long.parseLong(lines.get(0)) + 1000L * later) + "\n" + lines.get(1) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Result run(String... arguments) {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/jcompose").toString()));
    command.addAll(List.of(arguments));
    return engine.startProgram(engine.folder(), Map.of(), command).closeInput().end();
  }

  /** The engine's process, which is one of this build when the other could make way. */
  long pid() {
    return Long.parseLong(run("engine", "status").ok().out().replaceFirst("(?s).*?pid (\\d+).*", "$1"));
  }

  /** Ends the engine, which would go on with files that are not there any more. */
  @Override
  public void close() {
    run("engine", "stop").ok();
    Trees.delete(home);
  }
}
