package io.jcompose.image.registry;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** What a user has to show to a registry. Never printed: every {@code toString} hides the secret. */
public sealed interface Credentials {

  /** Nobody in particular: most public images need no more. */
  record Anonymous() implements Credentials {}

  /** A user name and a password or personal access token. */
  record UserPassword(String user, String password) implements Credentials {
    /** Of the user info in an address: {@code USER[:PASSWORD]}. */
    static UserPassword of(String userInfo) {
      String[] pair = userInfo.split(":", 2);
      return new UserPassword(pair[0], pair.length > 1 ? pair[1] : "");
    }

    /** The value of an {@code Authorization} header (RFC 7617). */
    String basic() {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public String toString() {
      return "user " + user;
    }
  }

  /** A refresh token that the token server trades for short-lived ones (OAuth2). */
  record IdentityToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "identity token";
    }
  }

  /** A bearer token that goes to the registry as it is. */
  record RegistryToken(String token) implements Credentials {
    @Override
    public String toString() {
      return "registry token";
    }
  }

  static Credentials anonymous() {
    return new Anonymous();
  }
}
