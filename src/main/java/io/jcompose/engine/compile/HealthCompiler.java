package io.jcompose.engine.compile;

import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.state.HealthSpec;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageHealthcheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Folds the file's health check over the image's, and the defaults below both (SEMANTICS 3.4). */
final class HealthCompiler {
  private HealthCompiler() {}

  static Optional<HealthSpec> compile(Service service, ImageConfig config) {
    Optional<Healthcheck> file = service.healthcheck();
    if (file.isPresent() && file.get().disabled()) {
      return Optional.empty();
    }
    ImageHealthcheck image =
        config.healthcheck().orElse(new ImageHealthcheck(List.of(), 0, 0, 0, 0, 0));
    List<String> test = file.flatMap(Healthcheck::test).orElse(image.test());
    if (test.isEmpty() || test.getFirst().equals("NONE")) {
      return Optional.empty();
    }
    int retries = file.map(h -> h.retries().orElse(0)).orElse(0);
    return Optional.of(
        new HealthSpec(
            argv(test, config),
            millis(file.flatMap(Healthcheck::interval), image.intervalNanos(), HealthSpec.DEFAULT_INTERVAL),
            millis(file.flatMap(Healthcheck::timeout), image.timeoutNanos(), HealthSpec.DEFAULT_TIMEOUT),
            retries > 0 ? retries : image.retries() > 0 ? image.retries() : HealthSpec.DEFAULT_RETRIES,
            millis(file.flatMap(Healthcheck::startPeriod), image.startPeriodNanos(), 0),
            millis(
                file.flatMap(Healthcheck::startInterval),
                image.startIntervalNanos(),
                HealthSpec.DEFAULT_START_INTERVAL)));
  }

  /** 0 in the file means "the default", not zero. */
  private static long millis(Optional<Duration> file, long imageNanos, long fallback) {
    long fromFile = file.map(Duration::toMillis).orElse(0L);
    if (fromFile > 0) {
      return fromFile;
    }
    return imageNanos > 0 ? Math.max(1, imageNanos / 1_000_000) : fallback;
  }

  private static List<String> argv(List<String> test, ImageConfig config) {
    List<String> rest = test.subList(1, test.size());
    if (test.getFirst().equals("CMD")) {
      return rest;
    }
    List<String> argv = new ArrayList<>(config.shell().isEmpty() ? List.of("/bin/sh", "-c") : config.shell());
    argv.addAll(rest);
    return argv;
  }
}
