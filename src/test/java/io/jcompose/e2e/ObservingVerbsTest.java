package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The verbs that show what containers are, do and say: ps, stats, events, logs, diff; and update, exec, prune. */
class ObservingVerbsTest {
  private static final String SLEEPS = "services: {app: {image: busybox, init: true, command: sleep 1000}}\n";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private TestProject project;

  private Result shell(String script) {
    return engine
        .startProgram(project.folder(), Map.of("J", TestEngine.client().toString()), List.of("sh", "-c", script))
        .closeInput()
        .end();
  }

  @Test
  void listsHaveTheColumnsFiltersAndFormatsOfDocker() {
    project =
        engine.project(
            "lists",
            """
            services:
              app: {image: busybox, init: true, command: sleep 1000, labels: {team: blue}}
              done: {image: busybox, command: sh -c 'exit 3'}
            """);
    project.up().awaitState("done", "exited");
    assertThat(project.run("ps", "--format", "{{.Name}} {{.Service}} {{.State}}").ok().out()).isEqualTo("lists-app-1 app running\n");
    assertThat(project.run("ps", "--status", "exited", "-q").ok().out()).isEqualTo(project.id("done") + "\n");
    assertThat(project.run("ps", "--filter", "status=exited", "--services").ok().out()).isEqualTo("done\n");
    assertThat(project.run("ps", "--filter", "colour=red").expect(1).err()).contains("unknown filter colour=red");
    project.composeFile(SLEEPS);
    assertThat(project.run("ps", "-a", "--orphans=false", "--services").ok().out()).isEqualTo("app\n");
    assertThat(project.run("ps", "-a", "--services").ok().out()).isEqualTo("app\ndone\n");
    assertThat(project.run("container", "ps").ok().out())
        .matches("(?s)CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES\n[0-9a-f]{12} +busybox +\"sleep 1000\" .*lists-app-1\n");
    assertThat(project.run("container", "ps", "-aq", "--no-trunc", "--filter", "exited=3").ok().out()).isEqualTo(project.id("done") + "\n");
    assertThat(project.run("container", "ls", "-a", "--filter", "label=team=blue", "--format", "{{.Names}}").ok().out()).isEqualTo("lists-app-1\n");
    assertThat(project.run("container", "ps", "-a", "--filter", "name=done", "--filter", "ancestor=busybox", "--format", "json").ok().out())
        .contains("\"Names\":\"lists-done-1\"").contains("\"State\":\"exited\"");
    assertThat(project.run("container", "ps", "-l", "-q").ok().out()).hasLineCount(1);
    assertThat(project.run("container", "ps", "-n", "5", "-q").ok().out()).hasLineCount(2);
    project.sh("app", "dd if=/dev/zero of=/big bs=1M count=2 2>/dev/null");
    assertThat(project.run("container", "ps", "-s").ok().out()).contains("SIZE").containsPattern("2\\.10?MB");
    assertThat(project.run("container", "ps", "--filter", "status=wrong").expect(1).err()).contains("invalid filter");
    assertThat(project.run("container", "prune", "-f").ok().out()).startsWith("Deleted Containers:\n").contains("Total reclaimed space:");
    assertThat(project.run("container", "ps", "-aq").ok().out()).hasLineCount(1);
    assertThat(project.start("container", "prune").type("n\n").closeInput().end().ok().out()).contains("[y/N]").doesNotContain("Total");
  }

  @Test
  void statsShowWhatIsUsed() {
    project =
        engine.project(
            "uses",
            """
            services:
              busy: {image: busybox, mem_limit: 64m, command: sh -c 'echo on; while :; do :; done'}
              idle: {image: busybox, init: true, command: sleep 1000}
            """);
    project.up().awaitLogs("busy", "on");
    List<String> rows =
        project.run("stats", "--no-stream", "--format", "{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}").ok().out().lines().toList();
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0)).matches("uses-busy-1 [1-9]\\d*\\.\\d\\d% [\\d.]+KiB / 64MiB 1");
    assertThat(rows.get(1)).matches("uses-idle-1 \\d\\.\\d\\d% .*GiB 2");
    assertThat(project.run("container", "stats", "--no-stream", "uses-idle-1").ok().out())
        .startsWith("CONTAINER ID").contains("MEM USAGE / LIMIT").hasLineCount(2);
    project.run("kill", "busy").ok();
    project.run("wait", "busy");
    assertThat(project.run("stats", "--no-stream").ok().out()).doesNotContain("busy");
    assertThat(project.run("stats", "--no-stream", "-a").ok().out()).contains("uses-busy-1");
    Running live = project.start("stats").closeInput().awaitOut("uses-idle-1");
    live.signal("INT").end().expect(130);
    assertThat(project.run("container", "stats", "--no-stream", "nobody").expect(1).err()).contains("No such container");
  }

  @Test
  void eventsTellWhatHappensAndWhatHasHappened() {
    project = engine.project("tells", SLEEPS);
    Running seen = project.start("events", "--since", "10m").closeInput();
    project.up();
    seen.awaitOut(" container start ");
    project.run("exec", "-T", "app", "true").ok();
    project.run("pause").ok();
    project.run("unpause").ok();
    project.run("container", "kill", "-s", "KILL", "tells-app-1").ok();
    seen.awaitOut("container die").signal("INT").end().expect(130);
    String words = "create start exec_create exec_start exec_die pause unpause kill die";
    List<String> actions =
        seen.out().lines().map(line -> line.replaceFirst(".* container (\\w+).*", "$1")).toList();
    assertThat(String.join(" ", actions)).isEqualTo(words);
    assertThat(seen.out()).containsPattern("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6} container die [0-9a-f]{64} \\(exitCode=137, image=busybox, name=tells-app-1\\)");
    Result past = project.run("events", "--json", "--since", "10m", "--until", "0s", "--filter", "event=die").ok();
    assertThat(past.out()).hasLineCount(1).contains("\"action\":\"die\"").contains("\"service\":\"app\"").contains("\"exitCode\":\"137\"");
    assertThat(project.run("events", "--since", "never", "--until", "0s").expect(1).err()).contains("--since never");
  }

  @Test
  void logsAreChosenByTimeByContainerAndByStream() {
    project =
        engine.project(
            "says",
            """
            services:
              app:
                image: busybox
                init: true
                scale: 2
                command: sh -c 'printf "out\\nno newline"; echo err >&2; exec sleep 1000'
              quiet: {image: busybox, init: true, command: sh -c 'echo secret; exec sleep 1000', logging: {driver: none}}
            """);
    project.up().awaitLogs("app", "err");
    assertThat(project.run("logs", "--no-color", "--index", "2", "app").ok().out().lines()).isNotEmpty().allMatch(l -> l.startsWith("app-2  | "));
    Result raw = project.run("container", "logs", "says-app-1").ok();
    assertThat(raw.out()).isEqualTo("out\nno newline");
    assertThat(raw.err()).isEqualTo("err\n");
    assertThat(project.run("container", "logs", "-t", "-n", "1", "says-app-1").ok().out() + project.run("container", "logs", "-t", "says-app-1").ok().err())
        .containsPattern("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z no newline\n");
    assertThat(project.run("logs", "--no-log-prefix", "--until", "1h", "app").ok().out()).isEmpty();
    assertThat(project.run("logs", "--no-log-prefix", "--since", "1h", "app").ok().out()).contains("out\n");
    assertThat(project.run("logs", "--since", "2999-01-01", "app").ok().out()).isEmpty();
    assertThat(project.run("logs", "--since", "yesterday", "app").expect(1).err()).contains("--since yesterday");
    Result none = project.run("logs").ok();
    assertThat(none.out()).doesNotContain("secret").contains("app-1");
    assertThat(none.err()).contains("says-quiet-1: configured logging driver does not support reading");
    assertThat(project.run("container", "logs", "says-quiet-1").expect(1).err()).contains("configured logging driver does not support reading");
    Running followed = project.start("container", "logs", "-f", "says-app-2").closeInput().awaitOut("out");
    project.run("container", "kill", "says-app-2").ok();
    assertThat(followed.end().ok().out()).doesNotContain("exited");
  }

  @Test
  void aFollowedLogGoesOnThroughRotationAndRecreate() {
    project =
        engine.project(
            "rotates",
            """
            services:
              app:
                image: busybox
                init: true
                logging: {options: {max-size: 10k, max-file: '2'}}
                command: sh -c 'i=0; while [ $$i -lt 3000 ]; do i=$$((i+1)); echo line $$i; done; echo last; exec sleep 1000'
            """);
    project.run("up", "--no-start").ok();
    Running followed = project.start("logs", "-f", "--no-log-prefix").closeInput();
    project.run("start").ok();
    followed.awaitOut("last\n");
    assertThat(engine.run("container", "logs", "rotates-app-1").ok().out().length()).isLessThan(25_000);
    project.run("up", "-d", "--force-recreate", "-t", "1").ok();
    followed.awaitOut("last\n");
    followed.signal("INT").end();
  }

  @Test
  void diffTellsAddedChangedAndDeleted() {
    project = engine.project("differs", SLEEPS).up();
    project.sh("app", "mkdir /new && echo x > /new/f && rm /etc/passwd && chmod 700 /home");
    assertThat(project.run("container", "diff", "differs-app-1").ok().out().lines())
        .contains("A /new", "A /new/f", "C /etc", "D /etc/passwd", "C /home")
        .doesNotContain("C /bin");
  }

  @Test
  void updateChangesLimitsWhileItRuns() {
    project = engine.project("updates", SLEEPS).up();
    assertThat(
            project.run("container", "update", "-m", "64m", "--cpus", "0.5", "--pids-limit", "20", "--restart", "always", "updates-app-1").ok().out())
        .isEqualTo("updates-app-1\n");
    String limits = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/pids/pids.max";
    assertThat(project.sh("app", limits)).isEqualTo("67108864\n50000\n20");
    project.run("container", "update", "-m", "256m", "--pids-limit", "-1", "updates-app-1").ok();
    assertThat(project.sh("app", limits)).isEqualTo("268435456\n50000\nmax");
    project.run("restart", "-t", "1").ok();
    assertThat(project.sh("app", limits)).startsWith("268435456\n50000\n");
    assertThat(project.run("container", "update", "--restart", "maybe", "updates-app-1").expect(1).err()).contains("--restart maybe");
    assertThat(project.run("container", "update", "-m", "lots", "updates-app-1").expect(1).err()).contains("lots");
    project.run("container", "update", "--restart", "no", "updates-app-1").ok();
  }

  @Test
  void execTakesVariablesAFolderAUserAndAPipe() {
    project = engine.project("execs", SLEEPS).file("env", "# a comment\nFROM_FILE=1\nBOTH=file\n").up();
    assertThat(
            project.run(
                    "container", "exec", "--env-file", "env", "-e", "BOTH=option", "-w", "/tmp", "-u", "7:8", "execs-app-1",
                    "sh", "-c", "echo $FROM_FILE $BOTH $(pwd) $(id -u) $(id -g)")
                .ok().out())
        .isEqualTo("1 option /tmp 7 8\n");
    assertThat(shell("echo piped | $J container exec -i execs-app-1 cat").ok().out()).isEqualTo("piped\n");
    assertThat(shell("echo lost | $J container exec execs-app-1 cat").ok().out()).isEmpty();
    assertThat(shell("echo piped | $J exec -T app cat").ok().out()).isEqualTo("piped\n");
    assertThat(project.run("container", "exec", "-it", "execs-app-1", "sh").expect(1).err()).contains("the input device is not a TTY");
    assertThat(project.run("container", "exec", "execs-app-1", "sh", "-c", "exit 9").code()).isEqualTo(9);
    assertThat(project.run("container", "exec", "execs-app-1", "nothing").code()).isEqualTo(127);
    project.run("container", "exec", "-d", "execs-app-1", "sh", "-c", "echo done > /tmp/mark").ok();
    assertThat(project.sh("app", "while [ ! -s /tmp/mark ]; do sleep 0.02; done; cat /tmp/mark")).isEqualTo("done");
  }

  /** 64 MB both ways; what fits through a pipe fits whatever its length. */
  @Test
  void whatIsPipedThroughAnExecComesOutUnharmed() {
    project = engine.project("pipes", SLEEPS).up();
    Result sums =
        shell(
            "head -c 64M /dev/urandom > data; md5sum < data; $J exec -T app md5sum < data;"
                + " $J exec -T app cat < data | md5sum; $J container exec -i pipes-app-1 sh -c 'cat > /d' < data;"
                + " $J exec -T app cat /d | md5sum");
    assertThat(sums.ok().out().lines().distinct()).hasSize(1);
    assertThat(sums.out()).hasLineCount(4);
  }
}
