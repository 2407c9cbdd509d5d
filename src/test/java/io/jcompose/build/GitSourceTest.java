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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** BLD-3: what names a repository never reaches a shell or git's options. */
class GitSourceTest {
  @ParameterizedTest
  @CsvSource({
    "https://example.org/a.git,https://example.org/a.git,'',''",
    "https://example.org/a.git#v1:sub/dir,https://example.org/a.git,v1,sub/dir",
    "https://example.org/a.git#:sub/../x,https://example.org/a.git,'',x",
    "https://example.org/a.git?ref=feature%2Fx&subdir=d,https://example.org/a.git,feature/x,d",
    "git@example.org:team/a.git#main,git@example.org:team/a.git,main,''",
    "ssh://git@example.org:22/a.git,ssh://git@example.org:22/a.git,'',''",
    "github.com/moby/buildkit#master,https://github.com/moby/buildkit,master,''",
  })
  void parses(String text, String url, String ref, String folder) {
    assertThat(GitSource.isOne(text)).isTrue();
    assertThat(GitSource.parse(text)).isEqualTo(new GitSource(url, ref, folder, ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://example.org/a b.git|an address has no white space",
        "git@example.org:a b.git|an address has no white space",
        "'git@example.org:a\t.git'|an address has no white space",
        "'git@example.org:a\n.git'|an address has no white space",
        "ext::sh|a repository's address begins with",
        "ftp://example.org/a.git|a repository's address begins with",
        "file:///etc/a.git|a repository's address begins with",
        "/etc/a.git|a repository's address begins with",
        "--upload-pack=evil|a repository's address begins with",
        "-uevil@example.org:x|a repository's address begins with",
        "git@-oProxyCommand=evil:x|a repository's address begins with",
        "ssh://-oProxyCommand=evil/a.git|its host is not one",
        "ssh://-oProxyCommand=evil@example.org/a.git|its host is not one",
        "ssh://git@-oProxyCommand=evil/a.git|its host is not one",
        "https:///a.git|its host is not one",
      })
  void anAddressIsNoOptionAndNoProgram(String text, String why) {
    assertThatThrownBy(() -> GitSource.parse(text)).isInstanceOf(BuildException.class).hasMessageContaining(": " + why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.org/a.git#-uevil",
        "https://example.org/a.git#--upload-pack=touch /tmp/x",
        "https://example.org/a.git?ref=--upload-pack%3Devil",
        "https://example.org/a.git#a..b",
        "https://example.org/a.git#$(touch x)",
        "https://example.org/a.git#;touch",
        "https://example.org/a.git?checksum=zzz",
        "https://example.org/a.git?upload-pack=x",
        "git://-x/a.git",
        "git://",
      })
  void refuses(String text) {
    assertThatThrownBy(() -> GitSource.parse(text)).isInstanceOf(BuildException.class).hasMessageContaining("the repository ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ext::sh -c touch% /tmp/x", "file:///etc", "/etc/a.git", "-uevil@host:x", "user@-oProxyCommand=x:a", "a@b::c", "../a.git",
        "https://example.org/archive.tgz",
      })
  void isNone(String text) {
    assertThat(GitSource.isOne(text)).isFalse();
  }

  /** Even a repository that got past the parser is fetched by no transport that runs a program. */
  @Test
  void gitRunsNothing(@TempDir Path temp) throws Exception {
    Path canary = temp.resolve("canary");
    for (String url : new String[] {"ext::sh -c touch% " + canary, "file://" + temp, temp.toString()}) {
      Path folder = Files.createTempDirectory(temp, "f");
      HostGit git = new HostGit(Map.of("GIT_ALLOW_PROTOCOL", "ext:file"), Map.of(), temp, Cancellation.NEVER);
      assertThatThrownBy(() -> git.checkout(new GitSource(url, "", "", ""), folder, false))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("git fetch failed");
    }
    assertThat(canary).doesNotExist();
  }

  /** The token gets to its repository's server; a .netrc in the folder that is fetched into counts for nothing. */
  @Test
  void aSecretSignsGitIn(@TempDir Path temp) throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
          exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"r\"");
          exchange.sendResponseHeaders(401, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/a.git";
      Path folder = Files.createDirectory(temp.resolve("f"));
      Files.writeString(folder.resolve(".netrc"), "machine 127.0.0.1 login evil password evil\n");
      Path home = Files.createDirectory(temp.resolve("home"));
      Map<String, Supplier<byte[]>> secrets = Map.of("GIT_AUTH_TOKEN", () -> "t0k\n".getBytes(StandardCharsets.UTF_8));
      for (Map<String, Supplier<byte[]>> given : List.of(secrets, Map.<String, Supplier<byte[]>>of())) {
        seen.clear();
        HostGit git = new HostGit(Map.of(), given, home, Cancellation.NEVER);
        assertThatThrownBy(() -> git.checkout(GitSource.parse(url), folder, false)).isInstanceOf(BuildException.class);
        assertThat(seen).containsOnly(given.isEmpty() ? "null" : "basic eC1hY2Nlc3MtdG9rZW46dDBr");
      }
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theHostsOwnSecretComesFirst() {
    Map<String, Supplier<byte[]>> secrets =
        Map.of("GIT_AUTH_TOKEN", () -> new byte[] {'t'}, "GIT_AUTH_HEADER.example.org", () -> "bearer x".getBytes(StandardCharsets.UTF_8));
    assertThat(GitAuthorization.variables("https://example.org/a.git", secrets))
        .containsEntry("GIT_CONFIG_KEY_0", "http.https://example.org/a.git.extraHeader")
        .containsEntry("GIT_CONFIG_VALUE_0", "Authorization: bearer x");
    assertThat(GitAuthorization.variables("ssh://git@example.org/a.git", secrets)).isEmpty();
    assertThatThrownBy(
            () -> GitAuthorization.variables("https://a.example/a.git", Map.of("GIT_AUTH_TOKEN", () -> new byte[] {'a', '\n', 'b'})))
        .hasMessage("the secret \"GIT_AUTH_TOKEN\" has more than one line");
  }
}
