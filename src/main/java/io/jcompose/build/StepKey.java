package io.jcompose.build;

import io.jcompose.image.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;

/**
 * Collects everything that a step's result depends on; equal parts give an equal key, framed by
 * length.
 */
final class StepKey {
  private final MessageDigest hash = Digest.sha256();

  /** The key of a step that does {@code own} to what {@code parent} stands for. */
  static String chain(String parent, String own) {
    return new StepKey().add(parent).add(own).hex();
  }

  StepKey add(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    hash.update(ByteBuffer.allocate(4).putInt(bytes.length).array());
    hash.update(bytes);
    return this;
  }

  StepKey add(Collection<String> parts) {
    add(Integer.toString(parts.size()));
    parts.forEach(this::add);
    return this;
  }

  String hex() {
    return Digest.finish(hash).hex();
  }
}
