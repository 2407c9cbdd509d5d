package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories and configurations that want git to run a program, or to read and tell more than it should. */
@Tag("BLD-3")
class HostileRepositoryTest {
  private static final String GIT =
      "export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t\n";

  @TempDir Path temp;
  private Path served;
  private Path canary;
  private Path folder;
  private Path home;
  private WebServer server;

  @BeforeEach
  void serve() throws Exception {
    served = Files.createDirectory(temp.resolve("served"));
    folder = Files.createDirectory(temp.resolve("folder"));
    home = Files.createDirectory(temp.resolve("home"));
    canary = temp.resolve("canary");
    server = new WebServer(served);
    BuildFixture.sh(served, GIT + "git init -q -b main work && cd work && echo mine > f && git add . && git commit -q -m one");
  }

  @AfterEach
  void stop() {
    server.close();
    assertThat(canary).as("what only a program that git has run makes").doesNotExist();
  }

  /** Adds to the repository, and gives its address. */
  private String published(String script) throws Exception {
    BuildFixture.sh(served, GIT + "cd work\n" + script + "\ncd .. && git clone -q --bare work repo.git && cd repo.git && git update-server-info");
    return server.url() + "/repo.git";
  }

  private String checkout(GitSource source, Map<String, String> environment) {
    return new HostGit(environment, Map.of(), home, Cancellation.NEVER).checkout(source, folder, false);
  }

  private String checkout(String url) {
    return checkout(GitSource.parse(url), Map.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext::sh -c touch% CANARY", "file://SERVED/work/.git", "SERVED/work", "-u./evil:x"})
  void aSubmoduleComesOverTheNetworkOnly(String url) throws Exception {
    String address = url.replace("CANARY", canary.toString()).replace("SERVED", served.toString());
    String repository =
        published(
            """
            printf '#!/bin/sh\\ntouch %s\\n' > evil && chmod 755 evil
            printf '[submodule "s"]\\n\\tpath = s\\n\\turl = %s\\n' > .gitmodules
            git add . && git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),s && git commit -q -m two
            """
                .formatted(canary, address.replace("%", "%%")));
    assertThatThrownBy(() -> checkout(repository)).isInstanceOf(BuildException.class).hasMessageContaining("git submodule failed");
  }

  @Test
  void aSubmoduleOfTheSameServerIsFetched() throws Exception {
    BuildFixture.sh(served, GIT + "git clone -q --bare work sub.git && cd sub.git && git update-server-info");
    checkout(
        published(
            """
            printf '[submodule "s"]\\n\\tpath = s\\n\\turl = %s/sub.git\\n' > .gitmodules
            git add . && git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),s && git commit -q -m two
            """
                .formatted(server.url())));
    assertThat(folder.resolve("s/f")).hasContent("mine");
    assertThat(folder.resolve(".git")).doesNotExist();
  }

  /** The link leads to a list of submodules that is a file of this machine. */
  @Test
  void aListOfSubmodulesIsNoLink() throws Exception {
    BuildFixture.sh(served, GIT + "git clone -q --bare work sub.git && cd sub.git && git update-server-info");
    Path list = Files.writeString(temp.resolve("list"), "[submodule \"s\"]\n\tpath = s\n\turl = %s/sub.git\n".formatted(server.url()));
    String repository =
        published(
            """
            link=$(printf %s | git hash-object -w --stdin)
            tree=$(printf '120000 blob %%s\\t.gitmodules\\n160000 commit %%s\\ts\\n' $link $(git rev-parse HEAD) | git mktree)
            git update-ref HEAD $(git commit-tree -m two -p HEAD $tree)
            """
                .formatted(list));
    assertThatThrownBy(() -> checkout(repository))
        .isInstanceOf(BuildException.class)
        .hasMessage("git checkout failed: error: invalid path '.gitmodules'");
    assertThat(folder.resolve("s/f")).doesNotExist();
  }

  /** A Dockerfile of elsewhere would get at what the caller may not read. */
  @Test
  void aRepositoryOfThisMachineIsNotRead() {
    for (String url : List.of("file://" + served + "/work/.git", served + "/work", "ext::sh -c touch% " + canary)) {
      assertThatThrownBy(() -> checkout(new GitSource(url, "", "", ""), Map.of()))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("not allowed");
      assertThat(folder.resolve("f")).doesNotExist();
    }
  }

  @Test
  void noHookRuns() throws Exception {
    BuildFixture.sh(
        folder,
        GIT + "git init -q . && for h in post-checkout post-index-change reference-transaction; do printf '#!/bin/sh\\ntouch "
            + canary + "\\n' > .git/hooks/$h && chmod 755 .git/hooks/$h; done");
    checkout(published("true"));
    assertThat(folder.resolve("f")).hasContent("mine");
  }

  /** The configuration of whoever calls, and of the home that git believes in, names programs, too. */
  @Test
  void noConfigurationButOursCounts() throws Exception {
    Path evil = Files.writeString(temp.resolve("evil"), "#!/bin/sh\ntouch " + canary + "\n");
    assertThat(evil.toFile().setExecutable(true)).isTrue();
    String configuration = "[core]\n\tfsmonitor = %s\n\tfsmonitorHookVersion = 1\n".formatted(evil);
    Files.writeString(home.resolve(".gitconfig"), configuration);
    Files.createDirectories(home.resolve(".config/git"));
    Files.writeString(home.resolve(".config/git/config"), configuration);
    Map<String, String> environment =
        Map.of(
            "GIT_CONFIG_COUNT", "1", "GIT_CONFIG_KEY_0", "core.fsmonitor", "GIT_CONFIG_VALUE_0", evil.toString(),
            "GIT_CONFIG_GLOBAL", home.resolve(".gitconfig").toString(), "GIT_EXEC_PATH", temp.toString(),
            "GIT_DIR", temp.toString(), "PATH", temp.toString());
    checkout(GitSource.parse(published("true")), environment);
    assertThat(folder.resolve("f")).hasContent("mine");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--upload-pack=touch CANARY", "-utouch CANARY", "--output=CANARY"})
  void whatLooksLikeAnOptionIsAnAddress(String url) {
    String address = url.replace("CANARY", canary.toString());
    assertThatThrownBy(() -> checkout(new GitSource(address, "", "", ""), Map.of()))
        .isInstanceOf(BuildException.class)
        .hasMessageMatching("(?s)git fetch failed: .*(strange pathname '|')" + java.util.regex.Pattern.quote(address) + ".*");
  }

  @Test
  void aCommitIsTheOneThatWasMeant() throws Exception {
    String repository = published("true");
    String commit = checkout(GitSource.parse(repository), Map.of());
    Path again = Files.createDirectory(temp.resolve("again"));
    assertThat(new HostGit(Map.of(), Map.of(), home, Cancellation.NEVER)
            .checkout(new GitSource(repository, "", "", commit.substring(0, 8)), again, false))
        .isEqualTo(commit);
    Path third = Files.createDirectory(temp.resolve("third"));
    assertThatThrownBy(
            () -> new HostGit(Map.of(), Map.of(), home, Cancellation.NEVER).checkout(new GitSource(repository, "", "", "0000000"), third, false))
        .hasMessageContaining("HEAD is the commit " + commit + ", not 0000000");
    assertThat(third.resolve("f")).doesNotExist();
  }

  /** git follows where its server sends it, but what signs it in is for that server. */
  @Test
  void aRedirectTakesNoTokenAlong() throws Exception {
    String repository = published("true");
    List<String> asked = new CopyOnWriteArrayList<>();
    List<String> shown = new CopyOnWriteArrayList<>();
    HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.2"), 0), 0);
    HttpServer first = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/",
        exchange -> {
          shown.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    first.createContext(
        "/",
        exchange -> {
          asked.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.getResponseHeaders().set("Location", "http://127.0.0.2:" + other.getAddress().getPort() + exchange.getRequestURI());
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    other.start();
    first.start();
    try {
      GitSource source = GitSource.parse("http://127.0.0.1:" + first.getAddress().getPort() + "/repo.git");
      HostGit git =
          new HostGit(Map.of(), Map.of("GIT_AUTH_TOKEN", () -> "t0k".getBytes(StandardCharsets.UTF_8)), home, Cancellation.NEVER);
      assertThatThrownBy(() -> git.checkout(source, folder, false)).isInstanceOf(BuildException.class);
      assertThat(asked).allMatch(header -> header.startsWith("basic "));
      assertThat(shown).isNotEmpty().containsOnly("null");
      assertThat(repository).isNotEmpty();
    } finally {
      first.stop(0);
      other.stop(0);
    }
  }
}
