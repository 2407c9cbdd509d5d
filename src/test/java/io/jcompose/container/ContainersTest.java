package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real containers. Each test ends by showing that nothing is left. */
class ContainersTest {
  private TestHost host;

  @BeforeEach
  void open() throws Exception {
    host = new TestHost();
  }

  @AfterEach
  void leavesNothing() throws Exception {
    host.close();
  }

  @Test
  void runsACommandAndTellsItsCode() throws Exception {
    TestHost.Ran ran = host.run(host.spec("sh", "-c", "echo hello; echo world >&2; exit 7"));
    assertThat(ran.output()).contains("hello\n").contains("world\n");
    assertThat(ran.code()).isEqualTo(7);
  }
}
