package io.jcompose.network.ipam;

/** No subnet or address can be given; the message says who has them, and what to do. */
public final class AddressException extends RuntimeException {
  public AddressException(String message) {
    super(message);
  }
}
