package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.cgroup.Limits;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Containers on cgroup v2: cloned into their group, devices by eBPF, killed by cgroup.kill. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnifiedCgroupTest {
  private TestHost host;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost(line -> line.contains(" - cgroup2 "));
    assertThat(host.cgroups.unified()).isTrue();
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  @Test
  @Tag("DEV-6")
  void aContainerIsBornInItsGroup() throws Exception {
    String script = "exec 2>&1; grep 0:: /proc/self/cgroup; mknod /tmp/k c 1 11; head -c1 /tmp/k; exit 6";
    TestHost.Ran ran = host.run(host.spec("sh", "-c", script));
    assertThat(ran.output()).isEqualTo("0::/\nhead: /tmp/k: Operation not permitted\n");
    assertThat(ran.code()).isEqualTo(6);
  }

  @Test
  @Tag("DEV-6")
  void anExecIsInTheGroupToo() throws Exception {
    Running running = Running.start(host, host.spec("sleep", "1000"));
    assertThat(running.exec("sh", "-c", "exec 2>&1; grep 0:: /proc/self/cgroup; mknod /tmp/k c 1 11; head -c1 /tmp/k").output())
        .isEqualTo("0::/\nhead: /tmp/k: Operation not permitted\n");
    assertThat(running.kill().code()).isEqualTo(137);
  }

  @Test
  void allOfATreeIsKilled() throws Exception {
    Running running =
        Running.start(host, host.spec("sh", "-c", "setsid sleep 1000 & (setsid sleep 1000 &); wait"));
    Awaitility.await().until(() -> host.containers.processes(running.spec()).size() >= 3);
    assertThat(running.kill().code()).isEqualTo(137);
  }

  @Test
  @Tag("RES-5")
  void aLimitThatTheHostCannotKeepIsAWarning() throws Exception {
    ContainerSpec spec = host.spec("sleep", "1000").withLimits(Limits.NONE.withMemory(64L << 20));
    host.containers.create(spec);
    Keeper keeper = host.keepers.create(spec);
    Containers.Started started = host.containers.start(spec, host.containers.lay(spec), host.inputs(keeper, 1));
    started.process().pidfd().close();
    List<String> warnings = started.warnings();
    new Running(host, spec, keeper, started.process()).kill();
    assertThat(warnings).singleElement().asString().contains("memory limits").contains("memory.max");
  }
}
