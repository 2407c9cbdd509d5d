package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copying between the host and containers that run or not, and what a container can't make of it. */
class CopyTest {
  private static final String SLEEPS = "services: {app: {image: busybox, init: true, command: sleep 1000}}\n";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private String host(String script) {
    return Host.run(project.folder(), List.of("sh", "-c", script)).ok().out().strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"running", "stopped", "created"})
  void treesGoInAndComeBackAsTheyWere(String state) {
    project =
        engine.project(
            "tree" + state,
            "services: {app: {image: busybox, init: true, command: sleep 1000, volumes: ['data:/data', './bind:/bind']}}\n"
                + "volumes: {data: {}}\n");
    project.file("bind/x", "bound").run("up", "-d").ok();
    if (state.equals("stopped")) {
      project.run("stop").ok();
    } else if (state.equals("created")) {
      project.run("up", "--no-start", "--force-recreate").ok();
    }
    host("mkdir -p d/sub && echo hello > d/sub/f && ln d/sub/f d/hard && ln -s sub/f d/soft && mkfifo d/pipe"
        + " && chown 12:34 d/sub/f && chmod 2640 d/sub/f && chmod 0711 d/sub && touch -d '2001-02-03 04:05:06 UTC' d/sub/f d/sub");
    for (String place : List.of("/", "/data", "/bind/")) {
      project.run("cp", "-a", "d", "app:" + place).ok();
      host("rm -rf back");
      project.run("cp", "-a", "app:" + (place.equals("/") ? "" : place) + "/d", "back").ok();
      String listing = "cd %s && find . -printf '%%P %%y %%m %%U:%%G %%n %%l ' \\( -type d -printf '\\n' -o -printf '%%T+ %%s\\n' \\) | sort";
      assertThat(host(listing.formatted("back"))).as(place).isEqualTo(host(listing.formatted("d"))).contains("12:34");
    }
    assertThat(host("ls bind")).isEqualTo("d\nx");
    if (!state.equals("running")) {
      project.run("start").ok();
    }
    assertThat(project.sh("app", "cat /d/sub/f /data/d/hard /bind/d/soft")).isEqualTo("hello\nhello\nhello");
  }

  @Test
  void whereACopyGoesIsAsWithDocker() {
    project = engine.project("places", SLEEPS).up();
    host("mkdir -p d && echo 1 > d/f");
    project.run("container", "cp", "d", "places-app-1:/new").ok();
    assertThat(project.sh("app", "cat /new/f")).isEqualTo("1");
    project.run("container", "cp", "d", "places-app-1:/new").ok();
    assertThat(project.sh("app", "cat /new/d/f")).isEqualTo("1");
    project.run("container", "cp", "d/.", "places-app-1:/tmp").ok();
    assertThat(project.sh("app", "cat /tmp/f")).isEqualTo("1");
    project.run("container", "cp", "d/f", "places-app-1:/tmp/named").ok();
    Result said = project.run("container", "cp", "d/f", "places-app-1:/tmp/named").ok();
    assertThat(said.err()).isEqualTo("Successfully copied 2B to places-app-1:/tmp/named\n");
    assertThat(project.run("container", "cp", "-q", "places-app-1:/tmp/named", ".").ok().err()).isEmpty();
    assertThat(host("cat named")).isEqualTo("1");
    assertThat(project.run("cp", "d/f", "app:/no/such").expect(1).err()).contains("Could not find the file /no in container");
    assertThat(project.run("cp", "app:/nope", ".").expect(1).err()).contains("Could not find the file /nope in container");
    assertThat(project.run("cp", "nope", "app:/").expect(1).err()).contains("nope: no such file or directory");
    assertThat(project.run("cp", "app:/tmp", "no/such/place").expect(1).err()).contains("invalid output path");
    assertThat(project.run("cp", "app:/tmp", "named").expect(1).err()).contains("cannot overwrite non-directory");
    assertThat(project.run("cp", "d/f", "app:/new/").ok().code()).isZero();
    assertThat(project.run("cp", "d/f", "app:/none/").expect(1).err()).contains("no such directory");
    assertThat(project.run("cp", "d", "d2").expect(1).err()).contains("unknown copy direction");
    assertThat(project.run("cp", "app:/a", "app:/b").expect(1).err()).contains("not supported");
    assertThat(project.run("container", "cp", "nobody:/a", ".").expect(1).err()).contains("No such container: nobody");
    project.run("cp", "d/f", "app:/etc/hosts").ok();
    assertThat(project.sh("app", "cat /etc/hosts")).isEqualTo("1");
  }

  @Test
  void tarArchivesComeAndGoByTheStandardStreams() {
    project = engine.project("tars", SLEEPS).up();
    host("mkdir -p d/e && echo 1 > d/e/f && chown 7:8 d/e/f && truncate -s 1M d/holes && echo end >> d/holes");
    String client = "'" + TestEngine.client() + "'";
    Result in =
        engine.startProgram(project.folder(), Map.of(), List.of("sh", "-c", "tar cS d | " + client + " cp - app:/tmp")).closeInput().end();
    in.ok();
    assertThat(project.sh("app", "ls -ln /tmp/d/e/f | awk '{print $3, $4}'; md5sum < /tmp/d/holes"))
        .isEqualTo("7 8\n" + host("md5sum < d/holes"));
    Result out =
        engine.startProgram(project.folder(), Map.of(), List.of("sh", "-c", client + " cp app:/tmp/d - | tar t | sort")).closeInput().end();
    assertThat(out.ok().out()).isEqualTo("d/\nd/e/\nd/e/f\nd/holes\n");
    Result bad =
        engine.startProgram(
                project.folder(), Map.of(),
                List.of("sh", "-c", "tar cP ../tars/d/e/f --transform 's,^,../../../../,' | " + client + " cp - app:/tmp"))
            .closeInput().end();
    assertThat(bad.expect(1).err()).contains("leads out of its place");
    assertThat(project.start("cp", "-", "app:/etc/passwd").closeInput().end().expect(1).err()).contains("must be a directory");
  }

  @Test
  void everyContainerOfAServiceIsCopiedToAndOneIsCopiedFrom() {
    project = engine.project("scaled", "services: {app: {image: busybox, init: true, command: sleep 1000, scale: 2}}\n").up();
    project.file("f", "all").run("cp", "f", "app:/f").ok();
    assertThat(project.run("exec", "-T", "--index", "2", "app", "cat", "/f").ok().out()).isEqualTo("all");
    project.file("f", "second").run("cp", "--index", "2", "f", "app:/f").ok();
    assertThat(project.sh("app", "cat /f")).isEqualTo("all");
    project.run("cp", "--index", "2", "app:/f", "got").ok();
    assertThat(host("cat got")).isEqualTo("second");
    assertThat(project.run("cp", "--index", "3", "app:/f", "got").expect(1).err()).contains("no container found for service \"app\"");
  }

  @Test
  void aReadOnlyRootTakesNothing() {
    project =
        engine.project(
            "ro",
            "services: {app: {image: busybox, init: true, read_only: true, command: sleep 1000, volumes: ['data:/data']}}\nvolumes: {data: {}}\n");
    project.file("f", "x").up();
    assertThat(project.run("cp", "f", "app:/tmp/f").expect(1).err()).contains("marked read-only");
    project.run("cp", "f", "app:/data/f").ok();
    project.run("stop").ok();
    assertThat(project.run("cp", "f", "app:/tmp/f").expect(1).err()).contains("marked read-only");
    project.run("cp", "f", "app:/data/g").ok();
  }

  /** CP-1: what a link in the container says is meant inside of it, on the way in and on the way out. */
  @Test
  void linksOfAContainerLeadNowhereOutside() {
    project = engine.project("links", SLEEPS).up();
    Path canary = project.folder().resolve("canary");
    project.file("canary/secret", "host").file("f", "from outside");
    project.sh("app", "ln -s " + canary + " /abs; ln -s ../../../../.." + canary + " /rel; ln -s /proc/1/root/etc /magic");
    for (String link : List.of("/abs", "/rel")) {
      project.run("cp", "f", "app:" + link + "/planted").expect(1);
      project.run("cp", "app:" + link + "/secret", "stolen").expect(1);
      project.run("cp", "-L", "app:" + link, "stolen").expect(1);
      project.run("cp", "app:" + link, "as-link").ok();
      assertThat(host("test -L as-link && rm as-link && echo link")).isEqualTo("link");
    }
    project.run("cp", "app:/magic/passwd", "stolen").expect(1);
    project.sh("app", "mkdir -p " + canary + " && echo inner > " + canary + "/secret");
    project.run("cp", "app:/abs/secret", "inside").ok();
    assertThat(host("cat inside")).isEqualTo("inner");
    project.run("cp", "f", "app:/rel/planted").ok();
    assertThat(project.sh("app", "cat " + canary + "/planted")).isEqualTo("from outside");
    assertThat(host("ls canary; ls -d stolen* 2>/dev/null || true")).isEqualTo("secret");
  }

  /** CP-2: a link that was copied to the host before does not carry what follows it elsewhere. */
  @Test
  void whatIsCopiedOutStaysBelowItsPlace() {
    project = engine.project("out", SLEEPS).up();
    project.file("canary/keep", "x").file("dest/readme", "x");
    Path canary = project.folder().resolve("canary");
    project.sh("app", "mkdir /evil && ln -s " + canary + " /evil/sub");
    project.run("cp", "app:/evil/.", "dest").ok();
    project.sh("app", "rm /evil/sub && mkdir /evil/sub && echo x > /evil/sub/planted");
    assertThat(project.run("cp", "app:/evil/.", "dest").expect(1).err()).contains("sub");
    assertThat(host("ls canary")).isEqualTo("keep");
    project.sh("app", "cp /bin/busybox /evil/suid && chmod 4755 /evil/suid && mknod /evil/disk b 1 0");
    project.sh("app", "rm -r /evil/sub");
    project.run("cp", "app:/evil/.", "dest").ok();
    assertThat(host("stat -c %a dest/suid; ls dest")).isEqualTo("755\nreadme\nsub\nsuid");
  }

  /** CP-3, ESC-7: nothing is gained by swapping a part of the path while it is copied. */
  @Test
  void swappingAPathWhileItIsCopiedLeadsNowhereOutside() {
    project = engine.project("swaps", SLEEPS);
    Path canary = project.folder().resolve("canary");
    project
        .composeFile(
            "services: {app: {image: busybox, command: sh -c 'mkdir /a /a/real; echo in > /a/real/secret; ln -s " + canary
                + " /a/evil; while :; do mv /a/real /a/d; mv /a/d /a/real; mv -T /a/evil /a/d; mv -T /a/d /a/evil; done'}}\n")
        .file("canary/secret", "host")
        .file("f", "planted")
        .up();
    int served = 0;
    for (int i = 0; i < 25; i++) {
      served += project.run("cp", "app:/a/d/secret", "got" + i).code() == 0 ? 1 : 0;
      project.run("cp", "f", "app:/a/d/planted");
    }
    assertThat(host("cat got* 2>/dev/null | grep -c host || true")).isEqualTo("0");
    assertThat(host("ls canary")).isEqualTo("secret");
    assertThat(served).as("copies that met the real folder").isPositive();
  }

  /** CP-4: a copy changes the mode of nothing that was there. */
  @Test
  void parentsKeepTheirModes() {
    project = engine.project("modes", SLEEPS).up();
    host("mkdir -p src/in dest && echo x > src/in/f && chmod 0700 src src/in && chmod 0600 src/in/f && chmod 0751 dest");
    project.sh("app", "mkdir -m 0751 /dest");
    String before = host("stat -c %a:%n . src src/in src/in/f dest");
    project.run("cp", "src/in/f", "app:/dest/f").ok();
    project.run("cp", "src/.", "app:/dest").ok();
    project.run("cp", "app:/dest/f", "dest/f").ok();
    project.run("cp", "app:/dest/.", "dest").ok();
    assertThat(host("stat -c %a:%n . src src/in src/in/f dest")).isEqualTo(before);
    assertThat(project.sh("app", "stat -c %a / /dest /dest/f /dest/in")).isEqualTo("755\n751\n600\n700");
    assertThat(host("stat -c %a dest/f")).isEqualTo("600");
  }

  @Test
  @Tag("ESC-14")
  void whatNeverEndsOrIsNoFileHoldsNobodyUp() throws Exception {
    project = engine.project("odd", "services: {a: {image: busybox, init: true, command: sleep 1000}}\n").up();
    project.sh(
        "a",
        "mkdir -p /d/loop; ln -s .. /d/loop/up; mkfifo /d/fifo; mknod /d/zero c 1 5; echo begin >/d/sparse;"
            + " truncate -s 1099511627776 /d/sparse; echo text >/d/file");
    Path out = project.folder().resolve("out");
    project.run("cp", "a:/d", out.toString()).ok();
    assertThat(Host.run("sh", "-c", "cd " + out + " && stat -c '%n %F' * && du -k sparse && stat -c %s sparse && head -c 6 sparse && cat file").out())
        .startsWith("fifo fifo\nfile regular file\nloop directory\nsparse regular file\n")
        .containsPattern("(?m)^\\d{1,2}\tsparse$")
        .endsWith("1099511627776\nbegin\ntext\n");
    assertThat(project.run("cp", "a:/d/zero", out.resolve("zero").toString()).expect(1).err()).contains("\"/d/zero\" is a device");
    project.run("cp", out.resolve("sparse").toString(), "a:/again").ok();
    assertThat(project.sh("a", "stat -c %s /again; head -c 6 /again; test $(du -k /again | cut -f1) -lt 100 && echo small"))
        .isEqualTo("1099511627776\nbegin\nsmall");
  }
}
