package io.jcompose.network.firewall;

import io.jcompose.network.netlink.Nftables;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A bridge as the rules see it.
 *
 * @param name of the link
 * @param internal whether nothing goes in or out
 * @param containersTalk whether what comes from it may go back into it
 * @param masquerade whether the outside sees the host's address
 */
public record FilteredBridge(
    String name, boolean internal, boolean containersTalk, boolean masquerade) {
  private static final int NAME_LENGTH = 16;

  /** The range of the names that begin with {@code prefix}: where it begins, and where it has ended. */
  static List<Nftables.Element> prefix(String prefix) {
    byte[] first = prefix.getBytes(StandardCharsets.US_ASCII);
    byte[] after = first.clone();
    after[after.length - 1]++;
    return range(first, java.util.Arrays.copyOf(after, NAME_LENGTH));
  }

  /** The range that has just this name in it. */
  List<Nftables.Element> element() {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    byte[] after = java.util.Arrays.copyOf(text, NAME_LENGTH);
    after[NAME_LENGTH - 1]++;
    return range(text, after);
  }

  private static List<Nftables.Element> range(byte[] first, byte[] after) {
    byte[] begin = ByteBuffer.allocate(NAME_LENGTH).put(first).array();
    return List.of(
        new Nftables.Element(begin, new byte[0]), new Nftables.Element(after, new byte[0], true));
  }
}
