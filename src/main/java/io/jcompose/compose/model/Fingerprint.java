package io.jcompose.compose.model;

import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What tells that a service, network or volume is no longer the one that was created.
 *
 * @param hash SHA-256 in hex over all parts; the {@code com.docker.compose.config-hash} label
 * @param parts attribute → the first 16 hex digits of its own SHA-256, so that a plan can name the
 *     attribute that changed without keeping its value
 */
public record Fingerprint(String hash, Map<String, String> parts) {

  public static final Fingerprint NONE = new Fingerprint("", Map.of());

  public Fingerprint {
    parts = Maps.sorted(parts);
  }

  /** The attributes that differ from those of {@code other}, in order. */
  public SortedSet<String> changedFrom(Fingerprint other) {
    SortedSet<String> changed = new TreeSet<>();
    parts.forEach(
        (attribute, part) -> {
          if (!part.equals(other.parts.get(attribute))) {
            changed.add(attribute);
          }
        });
    other.parts.keySet().stream().filter(k -> !parts.containsKey(k)).forEach(changed::add);
    return changed;
  }
}
