package io.jcompose.network;

/** A network, endpoint or port can't be had; the message is in the user's terms. */
public class NetworkException extends RuntimeException {
  public NetworkException(String message) {
    super(message);
  }

  NetworkException(String message, Throwable cause) {
    super(message, cause);
  }
}
