package io.jcompose.image.registry;

import io.jcompose.image.registry.CallFailure.Refused;
import io.jcompose.image.registry.CallFailure.Unreachable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Tries again what may go better the next time: broken connections, 429, 5xx. */
final class Retries {

  /** Something that can be tried more than once. */
  interface Attempt<T> {
    T run() throws IOException, InterruptedException, Refused;

    /** How far it has got over all tries; a try that got further starts the count anew. */
    default long progress() {
      return 0;
    }

    /** Told before each wait. */
    default void retrying(Duration wait, String why) {}
  }

  private final WireLimits limits;

  Retries(WireLimits limits) {
    this.limits = limits;
  }

  /**
   * @param uri who is asked, for the error
   * @param answeredBefore a peer that once answered is asked again when it refuses a connection
   */
  <T> T run(URI uri, BooleanSupplier answeredBefore, Attempt<T> attempt)
      throws CallFailure, InterruptedException {
    int failed = 0;
    long reached = attempt.progress();
    while (true) {
      Duration wait;
      String why;
      try {
        return attempt.run();
      } catch (Refused refused) {
        RegistryAnswer answer = refused.answer();
        failed++;
        wait = answer.retryAfter().orElse(limits.backOff(failed));
        if (!answer.isTransient()
            || failed >= limits.attempts()
            || wait.compareTo(limits.longestWait()) > 0) {
          throw refused;
        }
        why = refused.getMessage();
      } catch (InterruptedIOException e) {
        throw interrupted(e);
      } catch (IOException e) {
        if (attempt.progress() > reached) {
          failed = 0;
        }
        failed++;
        if (!mayGoBetter(e, answeredBefore.getAsBoolean()) || failed >= limits.attempts()) {
          throw new Unreachable(uri, e);
        }
        wait = limits.backOff(failed);
        why = String.valueOf(e.getMessage());
      }
      reached = attempt.progress();
      attempt.retrying(wait, why);
      Thread.sleep(wait);
    }
  }

  private static boolean mayGoBetter(IOException failure, boolean answeredBefore) {
    return switch (failure) {
      case ConnectException _ -> answeredBefore;
      case HttpConnectTimeoutException _ -> answeredBefore;
      case SSLHandshakeException _ -> false;
      case SSLPeerUnverifiedException _ -> false;
      default -> true;
    };
  }

  private static InterruptedException interrupted(IOException cause) {
    // the exception that follows carries the news; the flag would end the clean-up too
    Thread.interrupted();
    return (InterruptedException) new InterruptedException().initCause(cause);
  }
}
