package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container's process is, may use, and how it ends. */
class ProcessesTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private TestProject service(String name, String settings) {
    project = engine.project(name, "services:\n  app:\n    image: busybox\n" + settings.indent(4));
    return project;
  }

  @Test
  void processHasTheUserFolderVariablesAndNameOfItsService() {
    service(
            "process",
            """
            user: "1000:2000"
            group_add: ["3000"]
            working_dir: /made/for/it
            hostname: box
            environment: {GREETING: hello}
            env_file: app.env
            command: sh -c 'id -u; id -g; id -G; pwd; hostname; echo "$$GREETING $$FROM_FILE"; exec sleep 1000'
            init: true
            """)
        .file("app.env", "FROM_FILE=\"from the file\"\nGREETING=overridden\n")
        .up()
        .awaitLogs("app", "hello");
    assertThat(project.logs("app"))
        .isEqualTo("1000\n2000\n2000 3000\n/made/for/it\nbox\nhello from the file\n");
  }

  @Test
  void initIsPidOneThatForwardsSignalsAndReaps() {
    service("init", "init: true\ncommand: sh -c 'trap \"echo told; exit 3\" TERM; echo ready; while :; do sleep 0.1; done'")
        .up()
        .awaitLogs("app", "ready");
    assertThat(project.sh("app", "cat /proc/1/comm")).isNotEqualTo("sh");
    project.sh("app", "(sleep 0.01 &) ; true");
    assertThat(project.run("stop").ok().code()).isZero();
    assertThat(project.ps("app", "ExitCode")).isEqualTo("3");
    assertThat(project.logs("app")).endsWith("told\n");
  }

  @Test
  void withoutInitTheCommandIsPidOne() {
    service("noinit", "command: sleep 1000").up();
    assertThat(project.sh("app", "cat /proc/1/comm")).isEqualTo("sleep");
  }

  @Test
  void moreMemoryThanAllowedEndsTheContainerAndIsReported() {
    service("oom", "mem_limit: 16m\nmemswap_limit: 16m\ncommand: sh -c 'x=0123456789abcdef; while :; do x=$$x$$x; done'").up();
    project.awaitState("app", "exited");
    assertThat(project.ps("app", "ExitCode")).isEqualTo("137");
    assertThat(project.run("ps", "-a").ok().out()).contains("137").containsIgnoringCase("out of memory");
  }

  @Test
  void processesAreLimited() {
    service("pids", "pids_limit: 10\ncommand: sleep 1000\ninit: true").up();
    assertThat(project.run("exec", "-T", "app", "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 2 & done").err())
        .contains("can't fork");
  }

  @Test
  @Tag("RES-12")
  void cpuShareIsLimited() {
    service("cpus", "cpus: 0.5\ncommand: sleep 1000\ninit: true").up();
    assertThat(project.sh("app", "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null; true"))
        .startsWith("50000");
  }

  @Test
  @Tag("F-15")
  void aProgramThatIgnoresTheStopSignalIsKilledWhenItsGraceIsOver() {
    service("grace", "stop_grace_period: 1s\ncommand: sh -c 'trap \"\" TERM; echo ready; while :; do sleep 0.1; done'")
        .up()
        .awaitLogs("app", "ready");
    long start = System.nanoTime();
    project.run("stop").ok();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(950), Duration.ofSeconds(5));
    assertThat(project.ps("app", "ExitCode")).isEqualTo("137");
  }

  @Test
  void theServicesOwnStopSignalIsSent() {
    service("signal", "stop_signal: SIGUSR1\ncommand: sh -c 'trap \"echo usr1; exit 0\" USR1; echo ready; while :; do sleep 0.05; done'")
        .up()
        .awaitLogs("app", "ready");
    project.run("stop").ok();
    assertThat(project.ps("app", "ExitCode")).isEqualTo("0");
    assertThat(project.logs("app")).contains("usr1");
  }

  @ParameterizedTest
  @CsvSource({
    "'[\"no-such-program\"]', 127, no-such-program",
    "'[\"/etc/passwd\"]', 126, /etc/passwd",
    "'[\"/tmp\"]', 126, /tmp",
  })
  @Tag("F-14")
  void aCommandThatCannotRunFailsTheUp(String command, int code, String named) {
    service("cannot", "command: " + command);
    Result up = project.run("up", "-d").expect(code);
    assertThat(up.err()).contains(named).contains("app");
    assertThat(project.ps("app", "ExitCode")).isEqualTo(Integer.toString(code));
  }

  @Test
  @Tag("F-35")
  @Tag("RES-14")
  void restartPolicyStartsItAgainAndBacksOff() {
    service("again", "restart: on-failure:2\ncommand: sh -c 'echo run; exit 3'").up();
    project.awaitState("app", "exited");
    assertThat(project.logs("app")).isEqualTo("run\nrun\nrun\n");
    assertThat(project.ps("app", "ExitCode")).isEqualTo("3");
  }

  @Test
  @Tag("F-35")
  void aStopEndsACrashLoopAtOnce() {
    service("loop", "restart: always\ncommand: sh -c 'echo run; exit 1'").up().awaitLogs("app", "run\nrun\nrun\n");
    project.run("stop").ok();
    assertThat(project.ps("app", "State")).isEqualTo("exited");
  }

  @Test
  void noDescriptorOfTheHostReachesTheContainer() {
    service("fds", "command: sh -c 'ls -l /proc/self/fd; exec sleep 1000'\ninit: true").up().awaitLogs("app", "2 ->");
    assertThat(project.logs("app").lines().filter(line -> line.contains("->")))
        .allMatch(line -> line.matches(".* [0-3] -> (/dev/null|pipe:.*|/proc/\\d+/fd)"));
  }

  @Test
  void explainShowsTheStepsAsShellCommands() {
    service("steps", "command: sleep 1000").up();
    assertThat(project.run("container", "explain", "steps-app-1").ok().out())
        .contains("pivot_root", "mount", "unshare");
  }
}
