package io.jcompose.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A resolver in a namespace of a test, at port 53, that counts what it is asked and answers as
 * told.
 */
final class StubResolver implements AutoCloseable {
  /** The answers, whole packets, to a query; none means silence. */
  interface Script {
    List<byte[]> answers(byte[] query, boolean tcp);
  }

  /** What arrived: from where, and the packet. */
  record Asked(SocketAddress from, byte[] query, boolean tcp) {}

  final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Script script;

  StubResolver(TestNetwork network, String address, Script script) {
    this.script = script;
    InetAddress at = InetAddress.ofLiteral(address);
    udp = network.inside(() -> new DatagramSocket(53, at));
    tcp = network.inside(() -> new ServerSocket(53, 50, at));
    Thread.ofPlatform().daemon().start(this::serveUdp);
    Thread.ofPlatform().daemon().start(this::serveTcp);
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    try {
      while (true) {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] query = Arrays.copyOf(buffer, packet.getLength());
        asked.add(new Asked(packet.getSocketAddress(), query, false));
        for (byte[] answer : script.answers(query, false)) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void serveTcp() {
    try {
      while (true) {
        try (Socket client = tcp.accept()) {
          DataInputStream in = new DataInputStream(client.getInputStream());
          byte[] query = new byte[in.readUnsignedShort()];
          in.readFully(query);
          asked.add(new Asked(client.getRemoteSocketAddress(), query, true));
          DataOutputStream out = new DataOutputStream(client.getOutputStream());
          for (byte[] answer : script.answers(query, true)) {
            out.writeShort(answer.length);
            out.write(answer);
          }
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
