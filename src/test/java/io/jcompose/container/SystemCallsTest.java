package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.container.security.SeccompChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the kernel itself answers to a process of a container, with the filter and without. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SystemCallsTest {
  private static final int EPERM = 1;
  private static final int EBADF = 9;
  private static final int ENOSYS = 38;
  private TestHost host;

  @BeforeAll
  void open() throws Exception {
    host = new TestHost();
    Path probe = host.layer.resolve("bin/probe");
    Process gcc =
        new ProcessBuilder("gcc", "-O1", "-static", "-o", probe.toString(), "src/test/keeper/syscalls.c")
            .inheritIO()
            .start();
    assertThat(gcc.waitFor()).isZero();
  }

  @AfterAll
  void leavesNothing() throws Exception {
    host.close();
  }

  private Map<String, Integer> probe(ContainerSpec spec) throws Exception {
    Map<String, Integer> answers = new TreeMap<>();
    host.run(spec)
        .output()
        .lines()
        .map(line -> line.split(" "))
        .forEach(words -> answers.put(words[0], Integer.valueOf(words[1])));
    return answers;
  }

  @Test
  @Tag("SEC-3")
  @Tag("SEC-4")
  @Tag("SEC-5")
  @Tag("SEC-7")
  @Tag("SEC-8")
  void deniedCallsAreDeniedByTheKernel() throws Exception {
    Map<String, Integer> answers = probe(host.spec("probe"));
    assertThat(answers)
        .hasSize(33)
        .containsEntry("clone", 0)
        .containsEntry("socket-inet", 0)
        .containsEntry("close", EBADF)
        .containsEntry("i386-close", EBADF)
        .containsEntry("clone3", ENOSYS)
        .containsEntry("470", ENOSYS)
        .containsEntry("999", ENOSYS)
        .containsEntry("x32-mount", ENOSYS)
        .containsEntry("x32-read", ENOSYS);
    for (String allowed :
        List.of(
            "clone", "socket-inet", "close", "i386-close", "clone3", "470", "999", "x32-mount", "x32-read")) {
      answers.remove(allowed);
    }
    assertThat(answers).allSatisfy((name, errno) -> assertThat(errno).as(name).isEqualTo(EPERM));
  }

  @Test
  void aUserIsDeniedAlike() throws Exception {
    ContainerSpec spec = host.spec("probe");
    assertThat(probe(spec.withProcess(spec.process().withUser("1000"))))
        .isEqualTo(probe(host.spec("probe")));
  }

  /** The control: the same calls get other answers when no filter stands in their way. */
  @Test
  void withoutAFilterTheyReachTheKernel() throws Exception {
    Confinement open =
        new Confinement(
            List.of("ALL"), List.of(), false, new SeccompChoice.Unconfined(), false, false, List.of());
    Map<String, Integer> answers = probe(host.spec("probe").withConfinement(open));
    assertThat(answers)
        .containsEntry("clone-newns", 0)
        .containsEntry("clone-newuser", 0)
        .doesNotContainEntry("keyctl", EPERM)
        .doesNotContainEntry("setns", EPERM)
        .doesNotContainEntry("move_pages", EPERM)
        .doesNotContainEntry("i386-socketcall", EPERM);
  }
}
