package io.jcompose.engine;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;

/** The continuation of a command whose client can call the next engine. */
final class ClientContinuation implements Continuation {
  /** So that frame, key and part stay within a frame's limit, which is 64 KiB. */
  private static final int LARGEST_SHOWN = 32 * 1024;

  private static final int LARGEST_PART = 16 * 1024;

  private final ClientConnection connection;
  private final Map<Integer, String> kept;
  private final Consumer<Boolean> onlyFollows;
  private volatile boolean begun;

  /**
   * @param onlyFollows is told, at each change, whether an engine may make way in the middle of the command
   */
  ClientContinuation(ClientConnection connection, Map<Integer, String> kept, Consumer<Boolean> onlyFollows) {
    this.connection = connection;
    this.kept = kept;
    this.onlyFollows = onlyFollows;
  }

  /** Whether outputs go through the client, also those whose descriptors we have. */
  boolean begun() {
    return begun;
  }

  @Override
  public Map<Integer, String> kept() {
    return kept;
  }

  @Override
  public void begin(int leave, boolean follows) {
    begun = true;
    connection.send(Frame.RESUMABLE, new byte[] {(byte) leave}, 0, 1);
    onlyFollows.accept(follows);
  }

  @Override
  public void show(int descriptor, byte[] bytes, int length, int key, String part) {
    byte[] keep = part.getBytes(StandardCharsets.UTF_8);
    if (keep.length > LARGEST_PART) {
      throw new IllegalArgumentException("a part of " + keep.length + " bytes");
    }
    int at = 0;
    for (; length - at > LARGEST_SHOWN; at += LARGEST_SHOWN) {
      connection.send(descriptor == 2 ? Frame.ERR : Frame.OUT, bytes, at, LARGEST_SHOWN);
    }
    connection.send(Frame.shown(descriptor, bytes, at, length - at, key, keep));
  }
}
