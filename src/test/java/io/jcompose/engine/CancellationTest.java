package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final AtomicInteger told = new AtomicInteger();

  @Test
  void eachRequestIsToldAndCounted() {
    cancellation.check();
    cancellation.onRequest(told::incrementAndGet);
    cancellation.request();
    cancellation.request();
    assertThat(told).hasValue(2);
    assertThat(cancellation.requests()).isEqualTo(2);
    assertThatThrownBy(cancellation::check).isInstanceOf(CancelledException.class);
  }

  @Test
  void whoeverComesLateIsToldAtOnce() {
    cancellation.request();
    cancellation.onRequest(told::incrementAndGet);
    assertThat(told).hasValue(1);
  }

  @Test
  void whoeverHasLeftIsToldNothing() {
    cancellation.onRequest(told::incrementAndGet).close();
    cancellation.request();
    assertThat(told).hasValue(0);
  }

  @Test
  void aCallerThatIsGoneHasNotAskedForAnEnd() {
    cancellation.onRequest(told::incrementAndGet);
    cancellation.callerGone();
    assertThat(told).hasValue(1);
    assertThat(cancellation.gone()).isTrue();
    assertThat(cancellation.requested()).isFalse();
    cancellation.check();
  }

  @Test
  void signalsThatEndProgramsAskForAnEndUnlessTheyAreForwarded() {
    cancellation.signal(10);
    assertThat(cancellation.requested()).isFalse();
    try (Cancellation.Registration forwarding = cancellation.forwardSignals(told::set)) {
      cancellation.signal(15);
      assertThat(told).hasValue(15);
      assertThat(cancellation.requested()).isFalse();
    }
    cancellation.signal(15);
    assertThat(cancellation.requested()).isTrue();
  }
}
