package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineLifetimeTest {
  private static final Duration LONG = Duration.ofDays(1);
  private final Timers timers = new Timers();
  private final AtomicBoolean active = new AtomicBoolean();
  private final AtomicInteger left = new AtomicInteger();

  private EngineLifetime lifetime(Duration idle) {
    return new EngineLifetime(active::get, timers, idle, left::incrementAndGet);
  }

  @AfterEach
  void close() {
    timers.close();
  }

  @Test
  void leavesWhenTheCommandThatAskedForItHasReturned() {
    EngineLifetime lifetime = lifetime(LONG);
    assertThat(lifetime.enter()).isTrue();
    assertThat(lifetime.enter()).isTrue();
    lifetime.stopSoon();
    assertThat(lifetime.enter()).as("no new command while it is about to leave").isFalse();
    assertThat(left).hasValue(0);
    lifetime.leave();
    assertThat(left).as("at once, although another command is under way").hasValue(1);
  }

  @Test
  void leavesWhenIdle() {
    Events events = new Events();
    lifetime(Duration.ofMillis(20)).begin(events);
    await().untilAsserted(() -> assertThat(left).hasValue(1));
  }

  @Test
  void staysWhileAContainerRunsAndLeavesWhenItHasEnded() {
    active.set(true);
    Events events = new Events();
    EngineLifetime lifetime = lifetime(Duration.ofMillis(20));
    lifetime.begin(events);
    assertThat(lifetime.enter()).isTrue();
    active.set(false);
    assertThat(left).hasValue(0);
    lifetime.leave();
    await().untilAsserted(() -> assertThat(left).hasValue(1));
  }

  @Test
  void makesWayForANewerBuildOnlyBetweenCommands() {
    EngineLifetime lifetime = lifetime(LONG);
    lifetime.enter();
    assertThat(lifetime.makeWay()).isFalse();
    lifetime.leave();
    assertThat(lifetime.makeWay()).isTrue();
    assertThat(lifetime.makeWay()).as("a second caller waits for the end").isFalse();
    assertThat(lifetime.enter()).isFalse();
    lifetime.renew();
    assertThat(left).hasValue(1);
  }

  @Test
  void makesWayInTheMiddleOfACommandThatOnlyFollows() {
    Events events = new Events();
    EngineLifetime lifetime = lifetime(Duration.ofMillis(20));
    lifetime.enter();
    lifetime.follows(true);
    lifetime.begin(events);
    lifetime.enter();
    assertThat(lifetime.makeWay()).as("another does more").isFalse();
    lifetime.leave();
    lifetime.follows(false);
    assertThat(lifetime.makeWay()).as("it does more again").isFalse();
    lifetime.follows(true);
    assertThat(left).as("it is not idle").hasValue(0);
    assertThat(lifetime.makeWay()).isTrue();
  }

  @Test
  void saysALastWordBeforeItEndsAsItWasTold() {
    EngineLifetime lifetime = lifetime(LONG);
    AtomicInteger leftWhenSaid = new AtomicInteger(-1);
    lifetime.beforeStop(() -> leftWhenSaid.set(left.get()));
    lifetime.enter();
    lifetime.stopSoon();
    lifetime.leave();
    assertThat(leftWhenSaid).hasValue(0);
    assertThat(left).hasValue(1);
  }
}
