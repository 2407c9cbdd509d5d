package io.jcompose.engine;

import io.jcompose.build.SshKeyAgent;
import io.jcompose.image.ImageStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
   * @param wanted by id the path of a socket, or those of key files with commas between; empty: the
   *     caller's own agent
   */
  Map<String, Path> sockets(Map<String, String> wanted, Map<String, String> environment) {
    Map<String, Path> sockets = new HashMap<>();
    wanted.forEach((id, path) -> sockets.put(id, socket(id, path, environment)));
    return sockets;
  }

  private Path socket(String id, String path, Map<String, String> environment) {
    String given = path.isEmpty() ? environment.getOrDefault("SSH_AUTH_SOCK", "") : path;
    if (given.isEmpty()) {
      throw new EngineException(
          "ssh \"" + id + "\": no SSH agent runs (SSH_AUTH_SOCK is not set); start one with"
              + " \"eval $(ssh-agent)\" and ssh-add, or give a key: --ssh " + id + "=FILE");
    }
    List<Path> files = Arrays.stream(given.split(",")).map(Path::of).toList();
    if (files.stream().allMatch(Files::isRegularFile)) {
      SshKeyAgent agent = SshKeyAgent.open(store.layers().newWorkArea(), files);
      made.add(agent);
      return agent.socket();
    }
    if (files.size() > 1) {
      throw new EngineException("ssh \"" + id + "\": several paths have to be files with keys: " + given);
    }
    return files.getFirst();
  }

  @Override
  public void close() {
    made.forEach(SshKeyAgent::close);
  }
}
