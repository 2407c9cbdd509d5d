package io.jcompose.network.firewall;

/** A family of addresses. */
public enum Family {
  IPV4,
  IPV6;

  /** The comment of the rule that drops what nobody but we has switched on forwarding for. */
  String guard() {
    return "guard: nobody switched on " + (this == IPV4 ? "IPv4" : "IPv6") + " forwarding for this";
  }
}
