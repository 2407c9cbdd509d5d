package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.network.dns.DnsSockets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SpareNetworkTest {
  private static final long FOR_EVER = 1_000_000;

  private final Timers timers = new Timers();
  private final List<NamedNetwork> made = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    timers.close();
    made.forEach(NamedNetwork::close);
  }

  private SpareNetwork spare(long unusedMillis) {
    return new SpareNetwork(this::make, Runnable::run, timers, unusedMillis);
  }

  private NamedNetwork make() {
    Fd namespace = Fs.open("/proc/self/ns/net", Fs.O_RDONLY, 0);
    made.add(new NamedNetwork(namespace, DnsSockets.open(namespace)));
    return made.getLast();
  }

  @Test
  void theOneThatWasMadeMeanwhileIsTakenOnce() {
    SpareNetwork spare = spare(FOR_EVER);
    NamedNetwork first = spare.take();
    spare.renew();
    assertThat(spare.take()).isSameAs(made.get(1)).isNotSameAs(first);
    assertThat(spare.take()).isSameAs(made.get(2));
  }

  @Test
  void noneIsMadeUnlessOneWasTaken() {
    SpareNetwork spare = spare(FOR_EVER);
    spare.renew();
    NamedNetwork first = spare.take();
    spare.renew();
    spare.renew();
    assertThat(spare.take()).isSameAs(made.get(1));
    assertThat(made).as("not one for each call").hasSize(2).startsWith(first);
  }

  @Test
  void noneIsMadeBesideOneThatIsBeingMadeOrIsThere() {
    List<Runnable> work = new ArrayList<>();
    SpareNetwork spare = new SpareNetwork(this::make, work::add, timers, FOR_EVER);
    spare.take();
    spare.renew();
    spare.take();
    spare.renew();
    assertThat(work).hasSize(1);
    work.getFirst().run();
    spare.renew();
    assertThat(work).hasSize(1);
    assertThat(spare.take()).isSameAs(made.get(2));
    spare.renew();
    assertThat(work).hasSize(2);
  }

  @Test
  void aNamespaceThatCannotBePreparedIsClosed() {
    List<Fd> namespaces = new ArrayList<>();
    assertThatThrownBy(
            () ->
                NamedNetwork.make(
                    namespace -> {
                      namespaces.add(namespace);
                      throw new IllegalStateException("no loopback");
                    }))
        .hasMessage("no loopback");
    assertThat(namespaces).hasSize(1);
    assertThat(namespaces.getFirst().isOpen()).isFalse();
  }

  @Test
  void oneThatNobodyTakesIsClosedAndNeverGiven() {
    SpareNetwork spare = spare(1);
    NamedNetwork first = spare.take();
    spare.renew();
    await().until(() -> !made.get(1).namespace().isOpen());
    assertThat(first.namespace().isOpen()).isTrue();
    assertThat(spare.take().namespace().isOpen()).isTrue();
  }

  @Test
  void aFailureOfTheSpareIsNobodysButThatOfOnesOwnIsTold() {
    AtomicInteger calls = new AtomicInteger();
    SpareNetwork spare =
        new SpareNetwork(
            () -> {
              if (calls.incrementAndGet() == 2) {
                throw new IllegalStateException("no spare");
              }
              if (calls.get() == 4) {
                throw new IllegalStateException("none at all");
              }
              return make();
            },
            Runnable::run,
            timers,
            FOR_EVER);
    spare.take();
    spare.renew();
    assertThat(spare.take()).isSameAs(made.get(1));
    assertThatThrownBy(spare::take).hasMessage("none at all");
  }
}
