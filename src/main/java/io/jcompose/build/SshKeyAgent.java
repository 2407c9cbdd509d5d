package io.jcompose.build;

import io.jcompose.linux.LinuxException;
import io.jcompose.linux.Trees;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;

/**
 * An SSH agent for one build that has keys from files (draft-ietf-sshm-ssh-agent): it lists them and
 * signs with them, and nothing else. The keys never leave it.
 */
public final class SshKeyAgent implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(SshKeyAgent.class.getName());
  private static final int LARGEST_MESSAGE = 256 << 10;
  private static final int FAILURE = 5;
  private static final int LIST = 11;
  private static final int LISTED = 12;
  private static final int SIGN = 13;
  private static final int SIGNED = 14;
  private final Path folder;
  private final List<SshKey> keys;
  private final SocketListener listener;

  private SshKeyAgent(Path folder, List<SshKey> keys, SocketListener listener) {
    this.folder = folder;
    this.keys = keys;
    this.listener = listener;
  }

  /**
   * Serves the keys until it is closed.
   *
   * @param folder nobody else's; it is taken over
   * @throws BuildException for a file that is no key, or has a passphrase
   */
  public static SshKeyAgent open(Path folder, List<Path> files) {
    SshKeyAgent agent = null;
    try {
      List<SshKey> keys = files.stream().map(SshKey::read).toList();
      agent = new SshKeyAgent(folder, keys, SocketListener.bind(socket(folder), "ssh keys"));
      agent.listener.start(agent::serve);
      return agent;
    } catch (IOException | LinuxException e) {
      throw BuildFailure.of("serving SSH keys", e);
    } finally {
      if (agent == null) {
        Trees.delete(folder);
      }
    }
  }

  public Path socket() {
    return socket(folder);
  }

  private static Path socket(Path folder) {
    return folder.resolve("k");
  }

  private void serve(SocketChannel caller) throws IOException {
    DataInputStream in = new DataInputStream(Channels.newInputStream(caller));
    OutputStream out = Channels.newOutputStream(caller);
    try {
      while (true) {
        int length = in.readInt();
        if (length < 1 || length > LARGEST_MESSAGE) {
          return;
        }
        byte[] message = new byte[length];
        in.readFully(message);
        out.write(SshWire.strings(answer(ByteBuffer.wrap(message))));
      }
    } catch (EOFException e) {
      LOG.log(System.Logger.Level.DEBUG, "a caller of SSH keys has gone", e);
    }
  }

  private byte[] answer(ByteBuffer message) {
    try {
      return switch (message.get()) {
        case LIST -> listed();
        case SIGN -> signed(SshWire.bytes(message), SshWire.bytes(message), message.getInt());
        default -> new byte[] {FAILURE};
      };
    } catch (BufferUnderflowException | GeneralSecurityException e) {
      LOG.log(System.Logger.Level.DEBUG, "a request for SSH keys can't be met", e);
      return new byte[] {FAILURE};
    }
  }

  private byte[] listed() {
    byte[][] parts = new byte[2 * keys.size()][];
    for (int i = 0; i < keys.size(); i++) {
      parts[2 * i] = keys.get(i).publicKey();
      parts[2 * i + 1] = keys.get(i).comment().getBytes(StandardCharsets.UTF_8);
    }
    byte[] strings = SshWire.strings(parts);
    return ByteBuffer.allocate(5 + strings.length).put((byte) LISTED).putInt(keys.size()).put(strings).array();
  }

  private byte[] signed(byte[] publicKey, byte[] data, int flags) throws GeneralSecurityException {
    for (SshKey key : keys) {
      if (Arrays.equals(key.publicKey(), publicKey)) {
        byte[] signature = SshWire.strings(key.sign(data, flags));
        return ByteBuffer.allocate(1 + signature.length).put((byte) SIGNED).put(signature).array();
      }
    }
    return new byte[] {FAILURE};
  }

  @Override
  public void close() {
    listener.close();
    Trees.delete(folder);
  }
}
