package io.jcompose.image.registry;

import io.jcompose.image.Digest;
import io.jcompose.image.ImageException;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.Printable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** {@code GET /v2/NAME/manifests/REFERENCE}. */
final class ManifestGet implements RegistryCall<RemoteManifest> {
  /** Without these a registry answers 404 for an OCI manifest. */
  static final String ACCEPTED =
      String.join(
          ", ",
          MediaTypes.OCI_INDEX,
          MediaTypes.OCI_MANIFEST,
          MediaTypes.DOCKER_LIST,
          MediaTypes.DOCKER_MANIFEST);

  private final String repository;
  private final String reference;
  private final Optional<Digest> expected;
  private final WireLimits limits;

  /**
   * @param reference a tag or a digest
   * @param expected the digest, where it is known
   */
  ManifestGet(
      String repository, String reference, Optional<Digest> expected, WireLimits limits) {
    this.repository = repository;
    this.reference = reference;
    this.expected = expected;
    this.limits = limits;
  }

  @Override
  public String path() {
    return repository + "/manifests/" + reference;
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Accept", ACCEPTED);
  }

  @Override
  public String scope() {
    return "repository:" + repository + ":pull";
  }

  @Override
  public RemoteManifest receive(Response response) throws IOException {
    byte[] bytes = response.bodyUpTo(limits.manifestBytes());
    if (bytes.length > limits.manifestBytes()) {
      throw invalid(response, "it is larger than " + (limits.manifestBytes() >> 20) + " MiB");
    }
    Digest digest = Digest.of(bytes);
    if (expected.isPresent() && !expected.get().equals(digest)) {
      throw invalid(response, "its digest is " + digest + " instead of " + expected.get());
    }
    Optional<String> announced = response.header("Docker-Content-Digest");
    if (announced.isPresent() && !announced.get().equals(digest.toString())) {
      throw invalid(
          response,
          "its digest is "
              + digest
              + ", but the registry says "
              + Printable.text(announced.get()));
    }
    String type = response.header("Content-Type").orElse("").replaceFirst(";.*", "").strip();
    return new RemoteManifest(type, digest, bytes);
  }

  private RegistryException invalid(Response response, String why) {
    return new RegistryException(
        RegistryException.Reason.INVALID_CONTENT,
        "refused the manifest "
            + repository
            + " "
            + reference
            + " from "
            + response.uri().getAuthority()
            + ": "
            + why);
  }
}
