package io.jcompose.engine.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.compose.model.Healthcheck;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.state.HealthSpec;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageHealthcheck;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class HealthCompilerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final ImageConfig PLAIN = ImageConfig.empty("amd64", "linux");
  private static final ImageConfig CHECKED =
      PLAIN.toBuilder()
          .healthcheck(new ImageHealthcheck(List.of("CMD-SHELL", "curl x"), 7 * SECOND, 0, 2 * SECOND, 0, 9))
          .build();

  private static Optional<HealthSpec> compile(Healthcheck file, ImageConfig image) {
    var service = Service.builder("web").image("x");
    return HealthCompiler.compile(file == null ? service.build() : service.healthcheck(file).build(), image);
  }

  private static Healthcheck times(Duration interval, Duration timeout, int retries) {
    return new Healthcheck(
        Optional.empty(), Optional.of(interval), Optional.of(timeout), OptionalInt.of(retries),
        Optional.empty(), Optional.empty(), false);
  }

  @Test
  void withoutAnyCheckThereIsNone() {
    assertThat(compile(null, PLAIN)).isEmpty();
    assertThat(compile(times(Duration.ofSeconds(1), Duration.ofSeconds(1), 1), PLAIN)).isEmpty();
  }

  @Test
  void defaultsAreDockers() {
    assertThat(compile(Healthcheck.of("CMD", "true", "x"), PLAIN))
        .contains(new HealthSpec(List.of("true", "x"), 30_000, 30_000, 3, 0, 5_000));
  }

  @Test
  void theImagesCheckIsUsedAndTheFilesTimesWinOverIt() {
    assertThat(compile(null, CHECKED))
        .contains(new HealthSpec(List.of("/bin/sh", "-c", "curl x"), 7_000, 30_000, 9, 2_000, 5_000));
    assertThat(compile(times(Duration.ofMillis(1500), Duration.ZERO, 0), CHECKED))
        .contains(new HealthSpec(List.of("/bin/sh", "-c", "curl x"), 1_500, 30_000, 9, 2_000, 5_000));
  }

  @Test
  void shellFormsUseTheImagesShell() {
    ImageConfig bash = PLAIN.toBuilder().shell(List.of("/bin/bash", "-ec")).build();
    assertThat(compile(Healthcheck.of("CMD-SHELL", "a && b"), bash).orElseThrow().argv())
        .containsExactly("/bin/bash", "-ec", "a && b");
  }

  @Test
  void theFileSwitchesTheImagesCheckOff() {
    assertThat(compile(Healthcheck.of("NONE"), CHECKED)).isEmpty();
    Healthcheck off =
        new Healthcheck(
            Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(), Optional.empty(),
            Optional.empty(), true);
    assertThat(compile(off, CHECKED)).isEmpty();
  }
}
