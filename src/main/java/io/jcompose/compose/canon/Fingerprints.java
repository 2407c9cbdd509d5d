package io.jcompose.compose.canon;

import io.jcompose.compose.model.Fingerprint;
import io.jcompose.compose.yaml.MapNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Fingerprints of canonical trees. */
public final class Fingerprints {

  /** What of a service may change without asking for a new container. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("build", "pull_policy", "scale", "depends_on", "profiles");

  private Fingerprints() {}

  /**
   * Of a service: over all but what asks for no new container, {@code deploy.replicas} included.
   */
  public static Fingerprint service(MapNode service) {
    MapNode relevant = new MapNode(service.place());
    service
        .entries()
        .forEach(
            (key, value) -> {
              if (key.equals("deploy") && value instanceof MapNode deploy) {
                MapNode rest = (MapNode) deploy.copy();
                rest.remove("replicas");
                relevant.put(key, rest);
              } else if (!WITHOUT_EFFECT.contains(key)) {
                relevant.put(key, value);
              }
            });
    return of(relevant);
  }

  /** Of a network. */
  public static Fingerprint network(MapNode network) {
    return of(network);
  }

  /** Of a volume; no driver is the same as {@code local}. */
  public static Fingerprint volume(MapNode volume) {
    MapNode copy = (MapNode) volume.copy();
    if (!copy.has("driver")) {
      copy.put("driver", "local");
    }
    return of(copy);
  }

  private static Fingerprint of(MapNode tree) {
    Map<String, String> parts = new TreeMap<>();
    tree.entries()
        .forEach(
            (key, value) -> parts.put(key, sha256(JsonWriter.compact(value)).substring(0, 16)));
    return new Fingerprint(sha256(JsonWriter.compact(tree)), parts);
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
