package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code container run}, {@code create} and {@code start}: containers from an image, without a Compose file. */
class ContainerRunTest {
  private static final String TERMINAL = "src/test/resources/io/jcompose/e2e/terminal.py";
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();

  private static Result run(String arguments) {
    return engine.run(("container run " + arguments).split(" "));
  }

  private static Result sh(String flags, String script) {
    List<String> command = new java.util.ArrayList<>(List.of("container", "run", "--rm"));
    command.addAll(List.of(flags.split(" ")));
    command.addAll(List.of("busybox", "sh", "-c", script));
    return engine.run(command.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource({
    "--rm busybox sh -c exit\u00a03, 3, ''",
    "--rm busybox nosuch, 127, nosuch",
    "--rm busybox /etc/passwd, 126, /etc/passwd",
    "--rm --no-such-flag busybox, 125, --no-such-flag",
    "--rm -p x busybox, 125, --publish: invalid containerPort: x",
    "--rm -m much busybox, 125, --memory",
    "--rm --pull=never nothere, 125, nothere is not in the store",
    "--rm --restart=always busybox, 125, exclude each other",
    "--rm --network nothere busybox, 125, nothere",
    "--rm --name a/b busybox, 125, --name a/b",
    "'--rm --mount type=bind,src=/nothere,dst=/x busybox', 125, /nothere",
  })
  void exitCodesSayWhoFailed(String arguments, int code, String named) {
    String[] all = ("container run " + arguments).split(" ");
    Result result = engine.run(java.util.Arrays.stream(all).map(a -> a.replace('\u00a0', ' ')).toArray(String[]::new));
    assertThat(result.expect(code).err()).contains(named);
  }

  @Test
  void whatCannotBeMadeLeavesNoVolume() {
    engine.run("network", "create", "--subnet", "10.93.0.0/24", "narrow").ok();
    engine.run("container", "create", "--name", "first", "busybox").ok();
    assertThat(engine.run("container", "create", "--name", "first", "-v", "/data", "busybox").expect(125).err())
        .contains("\"first\" is in use");
    assertThat(run("--network narrow --ip 10.94.0.1 -v /data busybox true").expect(125).err()).contains("10.94.0.1");
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEmpty();
    engine.run("container", "rm", "first").ok();
    engine.run("network", "rm", "narrow").ok();
  }

  /** A network namespace is made before it is known for whom. */
  @Test
  void noStartFindsWhatTheOneBeforeHadInItsNetwork() {
    engine.run("network", "create", "named").ok();
    engine.run("container", "run", "-d", "--name", "other", "--network", "named", "busybox", "sleep", "1000").ok();
    String look = "cat /proc/sys/net/core/somaxconn; ls /sys/class/net; ping -c1 -W5 other | grep -c '1 packets received'";
    String plain = sh("--network named", look).ok().out();
    assertThat(plain.lines()).contains("eth0", "lo", "1");
    for (int i = 0; i < 3; i++) {
      assertThat(sh("--network named --sysctl net.core.somaxconn=77", look).ok().out())
          .isEqualTo(plain.replaceFirst("\\d+", "77"));
      assertThat(sh("--network named", look).ok().out()).isEqualTo(plain);
      assertThat(sh("--network none", "ls /sys/class/net").ok().out().lines()).contains("lo").doesNotContain("eth0");
    }
    engine.run("container", "rm", "-f", "other").ok();
    engine.run("network", "rm", "named").ok();
  }

  @Test
  void flagsHaveTheirEffect() {
    assertThat(
            sh(
                    "-e A=1 -e B -w /srv -u 5:6 --group-add 7 -h box --domainname lan --ulimit nofile=100:200 --init --read-only"
                        + " --tmpfs /run --add-host other:10.1.2.3 --sysctl net.core.somaxconn=77 --shm-size 1m --cap-drop ALL",
                    "echo $A; pwd; id -u; id -G; hostname; ulimit -n; cat /proc/1/comm; touch /x 2>&1; touch /run/x 2>&1;"
                        + " grep other /etc/hosts; cat /proc/sys/net/core/somaxconn; grep CapBnd /proc/self/status;"
                        + " df /dev/shm | tail -1 | tr -s ' ' | cut -d' ' -f2")
                .ok()
                .out())
        .isEqualTo(
            """
            1
            /srv
            5
            6 7
            box
            100
            jcompose-init
            touch: /x: Read-only file system
            10.1.2.3\tother
            77
            CapBnd:\t0000000000000000
            1024
            """);
  }

  @Test
  void timeForRealTimeProcessesIsGivenOrRefused() {
    assertThat(sh("--cpu-rt-runtime 7000 --cpu-rt-period 500000", "cat /sys/fs/cgroup/cpu/cpu.rt_runtime_us /sys/fs/cgroup/cpu/cpu.rt_period_us").ok().out())
        .isEqualTo("7000\n500000\n");
    assertThat(sh("--init", "cat /sys/fs/cgroup/cpu/cpu.rt_runtime_us").ok().out()).as("control").isEqualTo("0\n");
    assertThat(run("--rm --cpu-rt-runtime 999000 busybox true").expect(125).err())
        .contains("cpu_rt_runtime: the kernel has no 999000 of 1000000 microseconds left");
    assertThat(run("--cpu-rt-runtime 2000000 busybox true").expect(125).err()).contains("more than the period");
  }

  @Test
  @Tag("LOG-5")
  void bytesThatAreNoTextComeAsTheyAre() throws Exception {
    Path folder = Files.createDirectories(engine.folder().resolve("bytes"));
    String run = " container run --rm -v %1$s:/out busybox sh -c 'head -c 3000000 /dev/urandom | tee /out/said' >%1$s/heard";
    engine.startProgram(folder, Map.of(), List.of("sh", "-c", TestEngine.client() + run.formatted(folder))).closeInput().end().ok();
    assertThat(Files.size(folder.resolve("said"))).isEqualTo(3_000_000);
    assertThat(Files.mismatch(folder.resolve("said"), folder.resolve("heard"))).isEqualTo(-1);
  }

  @Test
  void whatCannotBeHadIsRefusedInsteadOfLeftOut() {
    assertThat(run("--userns private busybox true").expect(125).err()).contains("userns_mode: \"private\" is not to be had");
    run("--rm --userns host busybox true").ok();
    assertThat(run("--storage-opt size=1g busybox true").expect(125).err()).contains("storage_opt: size:");
    assertThat(run("--storage-opt fast=1 busybox true").expect(125).err()).contains("no option \"fast\"");
    assertThat(run("--rm --cpuset-cpus 4000 busybox true").expect(125).err())
        .containsPattern(": the kernel does not take \"4000\" for cpuset.cpus; there are [0-9,-]+\\n");
    assertThat(engine.run("container", "ls", "-aq").ok().out()).isEmpty();
  }

  @Test
  void filesOfVariablesAreTakenAsTheyStand() throws Exception {
    Files.writeString(engine.folder().resolve("env"), "# comment\nQUOTED=\"a b\"\nDOLLAR=$HOME\nFROM_CALLER\n");
    Result result =
        engine.start(
                engine.folder(),
                Map.of("FROM_CALLER", "me"),
                List.of("container", "run", "--rm", "--env-file", "env", "busybox", "sh", "-c", "echo $QUOTED $DOLLAR $FROM_CALLER"))
            .closeInput()
            .end();
    assertThat(result.ok().out()).isEqualTo("\"a b\" $HOME me\n");
  }

  @Test
  void volumesAndMounts() throws Exception {
    Files.createDirectories(engine.folder().resolve("src"));
    Files.writeString(engine.folder().resolve("src/file"), "text\n");
    sh("-v data:/data -v /anonymous", "echo kept > /data/x").ok();
    assertThat(
            sh(
                    "-v data:/data:ro --mount type=bind,source=./src,target=/src,readonly --mount type=tmpfs,dst=/t,tmpfs-size=1m",
                    "cat /data/x /src/file; touch /src/y 2>&1; mount | grep -c ' /t '")
                .ok()
                .out())
        .isEqualTo("kept\ntext\ntouch: /src/y: Read-only file system\n1\n");
    assertThat(engine.run("volume", "ls", "-q").ok().out()).isEqualTo("data\n");
    engine.run("volume", "rm", "data").ok();
  }

  @Test
  void streamsAndSignalsAreTheCallers() {
    Running cat = engine.start(engine.folder(), Map.of(), List.of("container", "run", "-i", "--rm", "busybox", "sh", "-c", "cat; echo bad >&2"));
    Result result = cat.type("in\n").closeInput().end().ok();
    assertThat(result.out()).isEqualTo("in\n");
    assertThat(result.err()).isEqualTo("bad\n");
    Running trap =
        engine.start(
            engine.folder(), Map.of(),
            List.of("container", "run", "--rm", "busybox", "sh", "-c", "trap 'exit 9' USR1; echo ready; while :; do sleep 0.05; done"));
    trap.awaitOut("ready").signal("USR1");
    trap.end().expect(9);
  }

  @Test
  void onATerminalItIsAShellThatCanBeLeft() {
    String client = TestEngine.client() + " container run -it --rm --name shell busybox sh";
    Result shown =
        engine.startProgram(
                engine.folder(), Map.of("TERM", "xterm"),
                List.of(
                    "python3", java.nio.file.Path.of(TERMINAL).toAbsolutePath().toString(), client, "expect # ",
                    "type stty size\\r", "expect 30 100", "resize 40 120", "type stty size\\r", "expect 40 120",
                    "type \\x10\\x11", "expect escape sequence"))
            .end()
            .ok();
    assertThat(shown.out()).endsWith("exit 0, terminal restored\n");
    engine.run("container", "kill", "shell").ok();
    engine.run("container", "wait", "shell");
    assertThat(run("-it --rm busybox true").expect(1).err()).contains("stdin is not a terminal");
  }

  @Test
  void detachedItRunsOnAndGoesByItselfWithRm() throws Exception {
    String id = run("-d --rm --cidfile cid --name gone busybox sleep 1000").ok().out().strip();
    assertThat(id).matches("[0-9a-f]{64}");
    assertThat(Files.readString(engine.folder().resolve("cid"))).isEqualTo(id);
    assertThat(run("--rm --name gone busybox true").expect(125).err()).contains("in use");
    assertThat(run("--rm --cidfile cid busybox true").expect(125).err()).contains("is there already");
    engine.run("container", "kill", "gone").ok();
    org.awaitility.Awaitility.await().until(() -> engine.run("container", "inspect", "gone").code() != 0);
    run("--rm --name gone busybox true").ok();
  }

  @Test
  void createdThenStartedAndAttached() {
    String id = engine.run("container", "create", "--name", "later", "busybox", "sh", "-c", "echo said; exit 4").ok().out().strip();
    Result started = engine.run("container", "start", "-a", id.substring(0, 12)).expect(4);
    assertThat(started.out()).isEqualTo("said\n");
    engine.run("container", "start", "-a", "later").expect(4);
    engine.run("container", "rm", "later").ok();
    assertThat(engine.run("container", "start", "later").expect(1).err()).contains("later");
  }

  @Test
  void entrypointAndCommand() {
    assertThat(run("--rm --entrypoint echo busybox a b").ok().out()).isEqualTo("a b\n");
    assertThat(run("--rm busybox echo -n x").ok().out()).isEqualTo("x");
  }

  @Test
  void fieldsOfMountsAndNetworksAreReadAsCsv() throws Exception {
    Path folder = Files.createDirectories(engine.folder().resolve("a,b"));
    Files.writeString(folder.resolve("f"), "from a folder with a comma");
    assertThat(
            engine.run("container", "run", "--rm", "--mount", "type=bind,\"source=" + folder + "\",TARGET=/x,ro", "busybox", "cat", "/x/f")
                .ok()
                .out())
        .isEqualTo("from a folder with a comma");
    assertThat(engine.run("container", "run", "--rm", "--mount", "type=bind,source=\"" + folder + "\",target=/x", "busybox", "true").expect(125).err())
        .contains("--mount", "a field with commas is written");
    engine.run("network", "create", "--driver", "bridge", "csv").ok();
    String networks = "name=csv,\"alias=one\",alias=two,gw-priority=3,link-local-ip=169.254.7.7";
    assertThat(
            engine.run("container", "run", "--rm", "--network", networks, "busybox", "sh", "-c", "ping -c1 -w5 one >/dev/null && ping -c1 -w5 two >/dev/null && ip -o a show eth0")
                .ok()
                .out())
        .contains("169.254.7.7");
    assertThat(run("--rm --network alias=one busybox true").expect(125).err()).contains("name is required");
    assertThat(run("--rm --network name=csv,colour=red busybox true").expect(125).err()).contains("\"colour\" is not known");
    engine.run("network", "rm", "csv").ok();
  }
}
