package io.jcompose.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Fetches repositories with the host's git: an argument list, never a shell; no configuration but
 * our own; no transport that runs a program or reads the host's files; no hook.
 */
final class HostGit {
  private static final List<String> SEARCHED =
      List.of("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin");
  private static final List<String> PASSED_ON =
      List.of(
          "SSH_AUTH_SOCK", "SSL_CERT_FILE", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
          "http_proxy", "https_proxy", "no_proxy", "all_proxy");
  private static final String TRANSPORTS = "http:https:git:ssh";
  private static final int LARGEST_MESSAGE = 64 << 10;
  private final Map<String, String> environment;
  private final Map<String, Supplier<byte[]>> secrets;
  private final Path home;
  private final Cancellation cancellation;
  private Map<String, String> authorization = Map.of();

  /**
   * {@code environment} is the caller's; {@code home} an empty folder, so that no .netrc is read,
   * least of all one that the repository brings along.
   */
  HostGit(
      Map<String, String> environment,
      Map<String, Supplier<byte[]>> secrets,
      Path home,
      Cancellation cancellation) {
    this.environment = environment;
    this.secrets = secrets;
    this.home = home;
    this.cancellation = cancellation;
  }

  /**
   * Checks {@code source} out into {@code folder}, which is empty; returns the commit. With {@code
   * keepsGit} the folder .git stays.
   */
  String checkout(GitSource source, Path folder, boolean keepsGit) {
    authorization = GitAuthorization.variables(source.url(), secrets);
    git(folder, "init", "--quiet", ".");
    String wanted = source.ref().isEmpty() ? "HEAD" : source.ref();
    String found = "FETCH_HEAD";
    // A server may know no shallow fetch, or give a commit only as a part of a branch.
    if (run(folder, fetch("--depth=1", "--no-tags", "--", source.url(), wanted)).isPresent()) {
      git(
          folder,
          fetch(
              "--", source.url(), "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*", "HEAD"));
      found = source.ref().isEmpty() ? "FETCH_HEAD" : resolve(folder, source);
    }
    String commit = git(folder, "rev-parse", "--verify", "--quiet", found + "^{commit}").strip();
    if (!commit.startsWith(source.checksum())) {
      throw new BuildException(
          "the repository " + source.url() + ": " + wanted + " is the commit " + commit + ", not " + source.checksum());
    }
    git(folder, "checkout", "--quiet", "--detach", commit);
    // It is no link: git checks out none of that name.
    if (Files.isRegularFile(folder.resolve(".gitmodules"))) {
      git(folder, "submodule", "--quiet", "update", "--init", "--recursive");
    }
    if (!keepsGit) {
      io.jcompose.linux.Trees.delete(folder.resolve(".git"));
    }
    return commit;
  }

  private static String[] fetch(String... more) {
    List<String> arguments = new ArrayList<>(List.of("fetch", "--quiet", "--force"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String resolve(Path folder, GitSource source) {
    for (String name : List.of("refs/remotes/origin/" + source.ref(), "refs/tags/" + source.ref(), source.ref())) {
      if (run(folder, "rev-parse", "--verify", "--quiet", name + "^{commit}").isEmpty()) {
        return name;
      }
    }
    throw new BuildException(
        "the repository " + source.url() + " has no branch, tag or commit \"" + source.ref() + "\"");
  }

  private String git(Path folder, String... arguments) {
    Finished finished = execute(folder, arguments);
    if (finished.code() != 0) {
      throw new BuildException("git " + arguments[0] + " failed: " + finished.message());
    }
    return finished.output();
  }

  /** The message, if it fails. */
  private Optional<String> run(Path folder, String... arguments) {
    Finished finished = execute(folder, arguments);
    return finished.code() == 0 ? Optional.empty() : Optional.of(finished.message());
  }

  private record Finished(int code, String output, String message) {}

  private Finished execute(Path folder, String... arguments) {
    List<String> argv = new ArrayList<>(List.of(program(), "-c", "core.hooksPath=/dev/null"));
    argv.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(argv).directory(folder.toFile());
    Map<String, String> env = builder.environment();
    env.clear();
    PASSED_ON.forEach(
        name -> Optional.ofNullable(environment.get(name)).ifPresent(value -> env.put(name, value)));
    env.put("PATH", SEARCHED.stream().collect(Collectors.joining(":")));
    env.putAll(authorization);
    env.put("HOME", home.toString());
    env.put("LC_ALL", "C.UTF-8");
    env.put("GIT_CONFIG_NOSYSTEM", "1");
    env.put("GIT_CONFIG_GLOBAL", "/dev/null");
    env.put("GIT_TERMINAL_PROMPT", "0");
    env.put("GIT_ALLOW_PROTOCOL", TRANSPORTS);
    env.put("GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oStrictHostKeyChecking=accept-new");
    try {
      return await(builder.start(), folder);
    } catch (IOException e) {
      throw new BuildException("running git: " + e.getMessage(), e);
    }
  }

  private static String program() {
    return SEARCHED.stream()
        .map(dir -> Path.of(dir, "git"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () ->
                new BuildException(
                    "a repository is fetched with git, which is not there: install it with `apt-get install git`"))
        .toString();
  }

  private Finished await(Process process, Path folder) throws IOException {
    StringBuilder message = new StringBuilder();
    Thread errors =
        Thread.ofPlatform()
            .daemon()
            .name("git")
            .start(() -> message.append(text(process.getErrorStream())));
    try (Cancellation.Registration registration = cancellation.onRequest(() -> kill(process))) {
      process.getOutputStream().close();
      String output = text(process.getInputStream());
      int code = process.waitFor();
      errors.join();
      if (cancellation.requested()) {
        throw new BuildException("the build was cancelled");
      }
      assert registration != null;
      String lines = message.toString().replace(folder.toString(), ".").strip();
      return new Finished(code, output, lines.replace("\n", "; "));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BuildException("git was interrupted", e);
    } finally {
      kill(process);
    }
  }

  private static String text(InputStream in) {
    try (in) {
      String start = new String(in.readNBytes(LARGEST_MESSAGE), StandardCharsets.UTF_8);
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return start;
    } catch (IOException e) {
      return "(what git said can't be read: " + e.getMessage() + ")";
    }
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.toHandle().destroyForcibly();
  }
}
