package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RandomIdTest {
  @Test
  void ids() {
    assertThat(RandomId.next()).matches("[0-9a-f]{64}").isNotEqualTo(RandomId.next());
    assertThat(RandomId.next(2)).matches("[0-9a-f]{4}");
  }

  /** Names such as 250429820613 are resolved as numbers, and not found. */
  @Test
  void noIdBeginsLikeANumber() {
    AtomicInteger drawn = new AtomicInteger();
    assertThat(RandomId.next(() -> drawn.incrementAndGet() <= 4 ? 0x1212121212121212L : 0x121212a212121212L))
        .isEqualTo("121212a212121212".repeat(4).replaceAll("(..)(..)(..)(..)(..)(..)(..)(..)", "$8$7$6$5$4$3$2$1"));
  }
}
