package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
  @ValueSource(
      strings = {
        "https://example.org/a.git#-uevil",
        "https://example.org/a.git#--upload-pack=touch /tmp/x",
        "https://example.org/a.git?ref=--upload-pack%3Devil",
        "https://example.org/a.git#a..b",
        "https://example.org/a.git#$(touch x)",
        "https://example.org/a.git#;touch",
        "https://example.org/a b.git",
        "https://example.org/a.git?checksum=zzz",
        "https://example.org/a.git?upload-pack=x",
        "ssh://-oProxyCommand=evil/a.git",
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
      HostGit git = new HostGit(Map.of("GIT_ALLOW_PROTOCOL", "ext:file"), Cancellation.NEVER);
      assertThatThrownBy(() -> git.checkout(new GitSource(url, "", "", ""), folder, false))
          .isInstanceOf(BuildException.class)
          .hasMessageContaining("git fetch failed");
    }
    assertThat(canary).doesNotExist();
  }
}
