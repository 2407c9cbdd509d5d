package io.jcompose.engine;

import io.jcompose.container.LauncherControl;
import io.jcompose.linux.LinuxException;
import io.jcompose.linux.UnixSocket;
import java.time.Duration;

/**
 * An engine that cannot start tells whoever calls why, and leaves with its launcher: the next command tries anew. To
 * be started again and again by the launcher would help nobody.
 */
public final class FailedStart {
  private static final int REFUSED_NO_ENGINE = 5;

  /** Commands that came together are all told. */
  private static final Duration STAYS = Duration.ofMillis(500);

  private FailedStart() {}

  /**
   * Does not return.
   *
   * @param listener the socket that the launcher listens on
   * @param control the engine's end of the control socket to its launcher
   */
  public static void tell(UnixSocket listener, UnixSocket control, RuntimeException why) {
    System.getLogger("engine").log(System.Logger.Level.ERROR, "the engine cannot start", why);
    String message = "the engine cannot start: " + why.getMessage();
    try (UnixSocket first = listener.accept()) {
      refuse(first, message);
    }
    Thread.ofPlatform().daemon().start(() -> leaveSoon(control));
    while (true) {
      try (UnixSocket next = listener.accept()) {
        refuse(next, message);
      }
    }
  }

  private static void refuse(UnixSocket client, String message) {
    try {
      client.send(Frame.refusal(REFUSED_NO_ENGINE, message), java.util.List.of());
      client.shutdown();
    } catch (LinuxException e) {
      System.getLogger("engine").log(System.Logger.Level.DEBUG, "a caller left before its answer", e);
    }
  }

  private static void leaveSoon(UnixSocket control) {
    try {
      Thread.sleep(STAYS);
      new LauncherControl(control.fd()).quit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }
}
