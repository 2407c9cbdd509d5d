package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.jcompose.container.security.SeccompChoice;
import io.jcompose.linux.Fd;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Execs, stops, adoption: what happens to a container between its start and its end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LifecycleTest {
  private TestHost host;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  private Running sleeper() {
    return Running.start(host, host.spec("sleep", "1000"));
  }

  /** Nothing else is asked of the keeper, as when the engine dies after this. */
  @Test
  void theLastThatIsTypedEndsTheInput() throws Exception {
    ContainerSpec spec = host.spec("cat");
    Running running = Running.start(host, spec.withProcess(spec.process().withStdinOpen(true)));
    running.type("one ");
    running.typeLast("two");
    assertThat(running.end().output()).contains("one ", "two").hasSize(7);
  }

  @Test
  void anExecRunsInsideAndTellsItsCode() throws Exception {
    Running running = sleeper();
    ExecSpec exec =
        new ExecSpec(
            List.of("sh", "-c", "cat; echo $A; pwd; id -u; hostname; cut -d: -f3 /proc/self/cgroup | sort -u; exit 3"),
            List.of("A=b"),
            "/tmp",
            "ann",
            false,
            false);
    Running.Executed executed = running.exec(exec, "typed\n");
    assertThat(executed.output())
        .isEqualTo("typed\nb\n/tmp\n1000\n" + running.spec().shortId() + "\n/\n");
    assertThat(executed.code()).isEqualTo(3);
    running.kill();
  }

  @Test
  void anExecIsConfinedAsTheContainer() throws Exception {
    Running running = sleeper();
    Running.Executed executed =
        running.exec("sh", "-c", "exec 2>&1; grep -E 'Cap|Seccomp:' /proc/self/status; mknod /tmp/k c 1 11; head -c1 /tmp/k");
    assertThat(executed.output())
        .isEqualTo(
            """
            CapInh:	0000000000000000
            CapPrm:	00000000a80425fb
            CapEff:	00000000a80425fb
            CapBnd:	00000000a80425fb
            CapAmb:	0000000000000000
            Seccomp:	2
            head: /tmp/k: Operation not permitted
            """);
    ExecSpec privileged =
        new ExecSpec(List.of("grep", "Seccomp:", "/proc/self/status"), List.of(), "", "", false, true);
    assertThat(running.exec(privileged, "").output()).isEqualTo("Seccomp:\t0\n");
    assertThat(running.exec("ls", "/proc/self/fd").output()).isEqualTo("0\n1\n2\n3\n");
    running.kill();
  }

  @Test
  void anExecThatCannotRun() throws Exception {
    Running running = sleeper();
    for (Map.Entry<String, Integer> entry :
        Map.of("nosuch", 127, "/etc/not-executable", 126, "/etc", 126).entrySet()) {
      assertThatThrownBy(() -> running.exec(entry.getKey()))
          .hasMessageContaining(entry.getKey())
          .asInstanceOf(type(StartException.class))
          .extracting(StartException::exitCode)
          .isEqualTo(entry.getValue());
    }
    ExecSpec nobody = new ExecSpec(List.of("id"), List.of(), "", "nosuch", false, false);
    assertThatThrownBy(() -> running.exec(nobody, "")).hasMessageContaining("unable to find user nosuch");
    running.kill();
    assertThatThrownBy(() -> running.exec("id")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void anExecWithATerminal() throws Exception {
    Running running = sleeper();
    ExecSpec exec = new ExecSpec(List.of("sh", "-c", "tty; stty size"), List.of(), "", "", true, false);
    Keeper.Process process =
        host.containers.exec(running.spec(), running.keeper(), exec, Map.of(), 11, 22);
    process.pidfd().close();
    try (Fd terminal = process.terminal().orElseThrow()) {
      assertThat(Running.readAll(terminal)).isEqualTo("/dev/pts/0\r\n11 22\r\n");
    }
    assertThat(process.exit().get(10, TimeUnit.SECONDS).code()).isZero();
    running.kill();
  }

  @Test
  void manyExecsAtOnce() throws Exception {
    Running running = sleeper();
    List<Thread> threads = new ArrayList<>();
    List<String> outputs = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 20; i++) {
      String word = "word" + i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      outputs.add(running.exec("echo", word).output());
                    } catch (Exception e) {
                      outputs.add(e.toString());
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(outputs).hasSize(20).allMatch(o -> o.matches("word\\d+\n")).doesNotHaveDuplicates();
    running.kill();
  }

  @Test
  void manyContainersAtOnce() throws Exception {
    List<Thread> threads = new ArrayList<>();
    List<String> outputs = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 16; i++) {
      String word = "word" + i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      outputs.add(host.run(host.spec("echo", word)).output());
                    } catch (Exception e) {
                      outputs.add(e.toString());
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(outputs).hasSize(16).allMatch(o -> o.matches("word\\d+\n")).doesNotHaveDuplicates();
  }

  @Test
  void aContainerThatListensStopsByItself() throws Exception {
    Running running =
        Running.start(host, host.spec("sh", "-c", "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done"));
    Awaitility.await().until(() -> host.log(running.spec()).contains("ready"));
    Exit exit =
        host.containers.stop(running.spec(), running.keeper(), 1, Duration.ofSeconds(10));
    assertThat(exit.code()).isEqualTo(5);
    assertThat(running.end().output()).isEqualTo("ready\nbye\n");
  }

  @Test
  @Tag("F-16")
  void aDeafContainerIsKilledWithAllItsProcesses() throws Exception {
    Running running =
        Running.start(
            host, host.spec("sh", "-c", "trap '' TERM; setsid sleep 1000 & (setsid sleep 1000 &); wait"));
    Awaitility.await().until(() -> host.containers.processes(running.spec()).size() >= 3);
    Exit exit =
        host.containers.stop(running.spec(), running.keeper(), 1, Duration.ofMillis(100));
    assertThat(exit.code()).isEqualTo(137);
    assertThat(running.end().code()).isEqualTo(137);
  }

  @Test
  void theStopSignalIsTheContainersOwn() throws Exception {
    ContainerSpec spec =
        host.spec("sh", "-c", "trap 'exit 4' USR1; echo ready; while :; do sleep 0.05; done")
            .withStop(new StopSpec("SIGUSR1", 1000));
    Running running = Running.start(host, spec);
    Awaitility.await().until(() -> host.log(spec).contains("ready"));
    assertThat(host.containers.stop(spec, running.keeper(), 1, Duration.ofSeconds(10)).code()).isEqualTo(4);
    running.end();
  }

  @Test
  @Tag("F-18")
  void aPausedContainerCanBeStopped() throws Exception {
    Running running = sleeper();
    host.containers.pause(running.spec());
    Exit exit = host.containers.stop(running.spec(), running.keeper(), 1, Duration.ZERO);
    assertThat(exit.code()).isEqualTo(137);
    running.end();
  }

  @Test
  void anotherEngineFindsItAgain() throws Exception {
    Running running = sleeper();
    running.keeper().put("note", host.network);
    running.keeper().close();
    Keeper adopted = host.keepers.adopt(running.spec()).orElseThrow();
    KeeperStatus status = adopted.status();
    assertThat(status.state()).isEqualTo(KeeperStatus.State.RUNNING);
    assertThat(status.pid()).isEqualTo(running.process().pid());
    assertThat(status.startTime()).isEqualTo(running.process().startTime());
    assertThat(adopted.keys()).containsExactlyInAnyOrder("root", "note");
    adopted.get("note").orElseThrow().close();
    assertThat(adopted.get("nothing")).isEmpty();
    var exit = adopted.exit(1);
    assertThat(exit).isNotDone();
    Running again = new Running(host, running.spec(), adopted, running.process());
    assertThat(again.exec("echo", "still").output()).isEqualTo("still\n");
    host.containers.kill(running.spec(), adopted, 1);
    assertThat(exit.get(5, TimeUnit.SECONDS).code()).isEqualTo(137);
    assertThat(adopted.exit(1).get(5, TimeUnit.SECONDS).code()).isEqualTo(137);
    assertThat(host.keepers.readExit(running.spec(), 1).orElseThrow().code()).isEqualTo(137);
    host.containers.finish(running.spec(), adopted);
    adopted.end();
    assertThat(host.keepers.adopt(running.spec())).isEmpty();
    host.containers.remove(running.spec());
  }

  @Test
  void whoeverWaitsIsToldWhenTheKeeperDies() throws Exception {
    Running running = sleeper();
    host.killKeeper(running.keeper());
    assertThatThrownBy(() -> running.process().exit().get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(KeeperGoneException.class);
    assertThatThrownBy(() -> running.keeper().status()).isInstanceOf(KeeperGoneException.class);
    assertThat(host.keepers.adopt(running.spec())).isEmpty();
    host.containers.finishWithoutKeeper(running.spec());
    host.containers.remove(running.spec());
  }

  @Test
  void aContainerRunsAgainWithWhatItWrote() throws Exception {
    ContainerSpec spec = host.spec("sh", "-c", "cat /count; echo x >> /count");
    host.containers.create(spec);
    Keeper keeper = host.keepers.create(spec);
    for (int run = 1; run <= 3; run++) {
      Containers.Started started = host.containers.start(spec, host.containers.lay(spec), host.inputs(keeper, run));
      started.process().pidfd().close();
      assertThat(started.process().exit().get(10, TimeUnit.SECONDS).run()).isEqualTo(run);
      host.containers.finish(spec, keeper);
    }
    assertThat(host.log(spec)).endsWith("x\nx\nx\n");
    keeper.end();
    host.containers.remove(spec);
  }

  @Test
  void namespacesCanBeJoined() throws Exception {
    Running first = sleeper();
    ContainerSpec plain = host.spec("sh", "-c", "exec 2>&1; hostname; ls /proc | grep -c '^[0-9]'; readlink /proc/self/ns/ipc");
    NamespaceMode joined = NamespaceMode.JOINED;
    ContainerSpec spec =
        plain.withIsolation(
            new Isolation("", "", NamespaceMode.PRIVATE, joined, joined, joined, NamespaceMode.PRIVATE, Map.of()));
    String ns = "/proc/" + first.process().pid() + "/ns/";
    host.containers.create(spec);
    Keeper keeper = host.keepers.create(spec);
    try (Fd pid = io.jcompose.linux.Fs.open(ns + "pid", 0, 0);
        Fd ipc = io.jcompose.linux.Fs.open(ns + "ipc", 0, 0);
        Fd uts = io.jcompose.linux.Fs.open(ns + "uts", 0, 0);
        SharedMemory shm = SharedMemory.make(1 << 20, Files.createDirectory(host.root.resolve("shm")))) {
      Map<String, Fd> namespaces =
          Map.of("network", host.network, "pid", pid, "ipc", ipc, "uts", uts, "shm", shm.used());
      Containers.Started started =
          host.containers.start(
              spec, host.containers.lay(spec), new StartInputs(keeper, 1, namespaces, EtcFiles.NONE, 0, 0));
      started.process().pidfd().close();
      Running second = new Running(host, spec, keeper, started.process());
      String ipcName = Files.readSymbolicLink(java.nio.file.Path.of(ns + "ipc")).toString();
      TestHost.Ran ran = second.end();
      assertThat(ran.output().lines().limit(1)).containsExactly(first.spec().shortId());
      assertThat(ran.output()).endsWith(ipcName + "\n");
      // The other's process, this shell and its children: nothing of the host.
      assertThat(Integer.parseInt(ran.output().lines().toList().get(1))).isBetween(2, 5);
    }
    first.kill();
  }

  @Test
  void theHostsNamespacesCanBeUsed() throws Exception {
    NamespaceMode of = NamespaceMode.HOST;
    ContainerSpec spec =
        host.spec("sh", "-c", "for n in uts ipc net pid cgroup; do readlink /proc/self/ns/$n; done; cat /proc/self/oom_score_adj")
            .withIsolation(new Isolation("", "", of, of, of, of, of, Map.of()));
    List<String> lines = host.run(spec).output().lines().toList();
    for (String line : lines.subList(0, 5)) {
      String kind = line.substring(0, line.indexOf(':'));
      assertThat(Files.readSymbolicLink(java.nio.file.Path.of("/proc/self/ns/" + kind))).hasToString(line);
    }
    assertThat(lines.get(5)).isEqualTo("0");
  }

  @Test
  void anExplanationIsThatOfTheStart() throws Exception {
    ContainerSpec spec =
        host.spec("sleep", "1000")
            .withConfinement(
                new Confinement(
                    List.of(), List.of(), false, new SeccompChoice.Unconfined(), false, false, List.of()));
    host.containers.create(spec);
    String created = host.containers.explain(spec).explain();
    assertThat(created).contains("pivot_root . .").endsWith("sleep 1000\n");
    Keeper keeper = host.keepers.create(spec);
    Containers.Started started = host.containers.start(spec, host.containers.lay(spec), host.inputs(keeper, 1));
    started.process().pidfd().close();
    assertThat(host.containers.explain(spec, keeper).explain()).contains("places the file /etc/hosts on /etc/hosts");
    new Running(host, spec, keeper, started.process()).kill();
  }

  @Test
  void aFailedStartLeavesNothingButTheFolder() throws Exception {
    ContainerSpec spec = host.spec("nosuch");
    host.containers.create(spec);
    Keeper keeper = host.keepers.create(spec);
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> host.containers.start(spec, host.containers.lay(spec), host.inputs(keeper, 1)))
          .isInstanceOf(StartException.class);
      assertThat(host.cgroups.containers()).doesNotContain(spec.id());
      assertThat(keeper.keys()).isEmpty();
    }
    keeper.end();
    host.containers.remove(spec);
  }
}
