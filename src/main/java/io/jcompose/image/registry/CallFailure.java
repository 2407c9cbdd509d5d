package io.jcompose.image.registry;

import java.io.IOException;
import java.net.URI;

/** Why one call got nothing; whoever made it knows what it was for and words the error. */
abstract sealed class CallFailure extends Exception {

  private CallFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** The registry, its token server or its storage said no. */
  static final class Refused extends CallFailure {
    private final transient RegistryAnswer answer;

    Refused(RegistryAnswer answer) {
      super(answer.sentence(), null);
      this.answer = answer;
    }

    RegistryAnswer answer() {
      return answer;
    }
  }

  /** Nobody answered, or the answer broke off again and again. */
  static final class Unreachable extends CallFailure {
    Unreachable(URI uri, IOException cause) {
      super("no answer from " + uri.getAuthority() + ": " + reason(cause), cause);
    }

    private static String reason(IOException failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        switch (cause) {
          case java.nio.channels.UnresolvedAddressException _ -> {
            return "its name is unknown";
          }
          case java.net.http.HttpConnectTimeoutException _ -> {
            return "it can't be reached (timed out)";
          }
          case java.security.cert.CertPathBuilderException _ -> {
            return "its certificate is signed by nobody whom this machine trusts";
          }
          case java.security.cert.CertificateException e -> {
            if (!(e.getCause() instanceof java.security.GeneralSecurityException)) {
              return "its certificate is not good: " + e.getMessage();
            }
          }
          default -> {}
        }
      }
      if (failure instanceof java.net.ConnectException) {
        return "connection refused";
      }
      return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
  }
}
