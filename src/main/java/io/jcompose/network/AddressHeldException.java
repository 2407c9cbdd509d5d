package io.jcompose.network;

import java.net.InetAddress;

/** The address that a container asks for is another's. */
public final class AddressHeldException extends NetworkException {
  private final String network;
  private final String address;
  private final String holder;

  AddressHeldException(String network, InetAddress address, String holder) {
    this(network, address.getHostAddress(), holder);
  }

  private AddressHeldException(String network, String address, String holder) {
    super("network " + network + ": the address " + address + " is in use by " + holder);
    this.network = network;
    this.address = address;
    this.holder = holder;
  }

  /** The owner of the endpoint that has it, or what else has it in words. */
  public String holder() {
    return holder;
  }

  /** The same, with a name of the holder that the user knows. */
  public AddressHeldException by(String name) {
    return new AddressHeldException(network, address, name);
  }
}
