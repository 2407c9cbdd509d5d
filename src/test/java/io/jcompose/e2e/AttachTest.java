package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Joining a container that runs, and what the end of the caller's input is to it. */
class AttachTest {
  private static final String ECHO = "echo before; while read l; do echo got $l; done; echo over; exit 6";

  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private TestProject project;

  private Result shell(String script) {
    return engine
        .startProgram(project.folder(), Map.of("J", TestEngine.client().toString()), List.of("sh", "-c", script))
        .closeInput()
        .end();
  }

  private void service(String name) {
    String command = ECHO.replace("$", "$$");
    project =
        engine
            .project(name, "services: {app: {image: busybox, stdin_open: true, command: [sh, -c, '%s']}}\n".formatted(command))
            .up()
            .awaitLogs("app", "before");
  }

  /** Its input stays open for whoever comes next. */
  @Test
  void theInputOfAServiceOutlivesEachCaller() {
    service("serves");
    Running first = project.start("attach", "app").type("one\n").awaitOut("got one").closeInput();
    Running second = project.start("container", "attach", "serves-app-1").type("two\n").awaitOut("got two");
    first.awaitOut("got two");
    shell("echo three | $J attach app & while ! $J logs app | grep -q 'got three'; do :; done; $J kill app; wait");
    assertThat(first.end().expect(137).out()).isEqualTo("got one\ngot two\ngot three\n");
    assertThat(second.end().expect(137).out()).isEqualTo("got two\ngot three\n");
    assertThat(project.run("container", "attach", "serves-app-1").expect(1).err()).contains("cannot attach to a stopped container");
    assertThat(project.run("container", "inspect", "-f", "{{.Config.OpenStdin}} {{.Config.StdinOnce}}", "serves-app-1").ok().out()).isEqualTo("true false\n");
  }

  /** Made for the one who is joined to it: it reads the end when that one's input has ended, and its output goes on. */
  @Test
  void theInputOfWhatWasMadeForACallerEndsWithIt() {
    service("once");
    project.run("container", "create", "-i", "--name", "mine", "busybox", "sh", "-c", ECHO).ok();
    assertThat(project.run("container", "inspect", "-f", "{{.Config.StdinOnce}}", "mine").ok().out()).isEqualTo("true\n");
    project.run("container", "start", "mine").ok();
    assertThat(shell("echo hi | $J container attach mine").expect(6).out()).endsWith("got hi\nover\n");
    assertThat(shell("echo hi | $J container start -ai mine").expect(6).out()).endsWith("got hi\nover\n");
    project.run("container", "rm", "mine").ok();
    assertThat(shell("echo hi | $J run --rm -T app").expect(6).out()).isEqualTo("before\ngot hi\nover\n");
    assertThat(shell("echo hi | $J container run -i --rm busybox sh -c '" + ECHO + "'").expect(6).out()).endsWith("over\n");
  }

  /** Also when others hold open what he read from, and write to it: that is not for the container any more. */
  @Test
  void nobodysInputIsReadWhenHeHasGone() {
    service("gone");
    long keeper = engine.keeperOf("gone-app-1");
    Footprint before = Footprint.of(keeper);
    String children = "until [ $(wc -w </proc/%1$s/task/%1$s/children) = ".formatted(keeper);
    shell(
            "mkfifo p && exec 3<>p && i=0; while [ $i -lt 50 ]; do i=$((i + 1));"
                + " $J attach app <p & " + children + "2 ]; do :; done;"
                + " kill -9 $!; wait $! || :; " + children + "1 ]; do :; done; done 2>killed")
        .ok();
    Footprint.of(keeper).assertNoMoreThan(before);
  }

  /** What is only read to its end must not be taken for whole when the engine dies in the middle. */
  @Test
  void anInputIsReadToItsEndAlsoWhenTheEngineDies() {
    service("dies");
    long dead = engine.pid().orElseThrow();
    shell(
        "{ echo one; until $J container logs all | grep -q one; do :; done; kill -9 " + dead + "; $J ps >ps; echo two; }"
            + " | $J container run -i --name all busybox cat");
    assertThat(engine.pid()).isPresent().get().isNotEqualTo(dead);
    assertThat(project.run("container", "wait", "all").ok().out()).isEqualTo("0\n");
    assertThat(project.run("container", "logs", "all").ok().out()).isEqualTo("one\ntwo\n");
    project.run("container", "rm", "all").ok();
  }

  /** Nobody was joined when it was made, so it waits for whoever comes. */
  @Test
  void theInputOfWhatRunsInTheBackgroundStaysOpen() {
    service("behind");
    project.run("container", "run", "-di", "--name", "back", "busybox", "sh", "-c", ECHO).ok();
    Running joined = project.start("container", "attach", "back").type("a\n").awaitOut("got a").closeInput();
    project.start("container", "attach", "back").type("b\n").closeInput();
    joined.awaitOut("got b");
    project.run("container", "rm", "-f", "back").ok();
    joined.end();
  }
}
