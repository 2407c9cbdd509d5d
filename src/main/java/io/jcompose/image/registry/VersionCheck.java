package io.jcompose.image.registry;

import java.util.Map;

/** {@code GET /v2/}: whether somebody speaks the protocol there and knows the login. */
record VersionCheck() implements RegistryCall<Boolean> {
  @Override
  public String path() {
    return "";
  }

  @Override
  public Map<String, String> headers() {
    return Map.of();
  }

  @Override
  public String scope() {
    return "";
  }

  @Override
  public Boolean receive(Response response) {
    return true;
  }
}
