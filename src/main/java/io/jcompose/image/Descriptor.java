package io.jcompose.image;

/** A reference to a blob (OCI image specification, descriptor.md); {@code size} in bytes. */
public record Descriptor(String mediaType, Digest digest, long size) {
  public Descriptor {
    if (size < 0) {
      throw new ImageException("a descriptor has a negative size: " + size);
    }
  }
}
