package io.jcompose.image.registry;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import java.util.Map;
import java.util.Optional;

/**
 * {@code HEAD /v2/NAME/manifests/REFERENCE}: where a tag points now. Registries that limit pulls do
 * not count it.
 */
record ManifestHead(String repository, String reference) implements RegistryCall<Optional<Digest>> {
  @Override
  public String method() {
    return "HEAD";
  }

  @Override
  public String path() {
    return repository + "/manifests/" + reference;
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Accept", ManifestGet.ACCEPTED);
  }

  @Override
  public String scope() {
    return "repository:" + repository + ":pull";
  }

  /** Empty where the registry does not say. */
  @Override
  public Optional<Digest> receive(Response response) {
    try {
      return response.header("Docker-Content-Digest").map(Digest::parse);
    } catch (ImageException e) {
      return Optional.empty(); // a digest that the store can't know is as good as none
    }
  }
}
