package io.jcompose.image;

/**
 * What one layer may cost at most when it is unpacked.
 *
 * @param entries members of the archive
 * @param bytes size of the uncompressed archive
 * @param sparseBytes logical size of one sparse file
 * @param ratio uncompressed bytes for one compressed byte, once {@code ratioFrom} bytes have come
 */
public record UnpackLimits(long entries, long bytes, long sparseBytes, long ratio, long ratioFrom) {
  private static final long GIB = 1L << 30;

  public static final UnpackLimits DEFAULT =
      new UnpackLimits(900_000, 64 * GIB, 1024 * GIB, 200, 2 * GIB);
}
