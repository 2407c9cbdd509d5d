package io.jcompose.engine;

import io.jcompose.build.SshKeyAgent;
import io.jcompose.image.ImageStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The SSH agents of one build: the caller's, those that are named, and those that are made for key files. */
final class SshAgents implements AutoCloseable {
  private final ImageStore store;
  private final List<SshKeyAgent> made = new ArrayList<>();

  SshAgents(ImageStore store) {
    this.store = store;
  }

  /**
   * Sockets of agents by id.
   *
   * @param wanted by id the path of a socket, or those of key files; none: the caller's own agent
   * @param environment the caller's
   */
  Map<String, Path> sockets(Map<String, List<String>> wanted, Map<String, String> environment) {
    Map<String, Path> sockets = new HashMap<>();
    wanted.forEach((id, paths) -> sockets.put(id, paths.isEmpty() ? callers(id, environment) : socket(id, paths)));
    return sockets;
  }

  private static Path callers(String id, Map<String, String> environment) {
    String own = environment.getOrDefault("SSH_AUTH_SOCK", "");
    if (own.isEmpty()) {
      throw new EngineException(
          "ssh \"" + id + "\": no SSH agent runs (SSH_AUTH_SOCK is not set); start one with"
              + " \"eval $(ssh-agent)\" and ssh-add, or give a key: --ssh " + id + "=FILE");
    }
    return Path.of(own);
  }

  private Path socket(String id, List<String> given) {
    List<Path> paths = given.stream().map(Path::of).toList();
    if (paths.stream().allMatch(Files::isRegularFile)) {
      SshKeyAgent agent = SshKeyAgent.open(store.layers().newWorkArea(), paths);
      made.add(agent);
      return agent.socket();
    }
    if (paths.size() > 1) {
      throw new EngineException(
          "ssh \"" + id + "\": several paths have to be files with keys: " + String.join(",", given));
    }
    return paths.getFirst();
  }

  @Override
  public void close() {
    made.forEach(SshKeyAgent::close);
  }
}
