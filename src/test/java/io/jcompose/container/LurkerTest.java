package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Between its joining of a container and its exec, a process that the engine sends in is out of the container's reach. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LurkerTest {
  private static final int EXECS = 100;
  private static final int PATIENCE = 3000;
  private TestHost host;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    Canary.compile("lurk", host.layer.resolve("bin/lurk"));
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  /** Besides it there are the pid 1 of ours, which never execs, and one exec after the other. */
  @Test
  @Tag("ESC-3")
  @Tag("ESC-11")
  void whoLiesInWaitForAnExecGetsNothingOfIt() throws Exception {
    ContainerSpec spec = host.spec("lurk");
    Running running = Running.start(host, spec.withProcess(spec.process().withStdinOpen(true).withInit(true)));
    try {
      int execs = 0;
      while (execs < EXECS || execs < PATIENCE && !host.log(spec).contains("met\n")) {
        assertThat(running.exec("true").code()).isZero();
        execs++;
      }
    } finally {
      running.type("enough\n");
    }
    assertThat(running.end().output()).isEqualTo("met\nattached to its own child\n");
  }
}
