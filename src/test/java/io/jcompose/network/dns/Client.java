package io.jcompose.network.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

/** A program inside a container that asks its name server. */
final class Client implements AutoCloseable {
  private final DatagramSocket udp;
  private final Socket tcp;

  Client(TestNetwork inside, DnsSockets sockets) {
    udp =
        inside.inside(
            () -> {
              DatagramSocket socket = new DatagramSocket();
              socket.connect(new InetSocketAddress(DnsSockets.ADDRESS, sockets.udpPort()));
              socket.setSoTimeout(8000);
              return socket;
            });
    tcp =
        inside.inside(
            () -> {
              Socket socket = new Socket(DnsSockets.ADDRESS, sockets.tcpPort());
              socket.setSoTimeout(8000);
              return socket;
            });
  }

  byte[] ask(byte[] query) throws IOException {
    send(query);
    return receive();
  }

  void send(byte[] query) throws IOException {
    udp.send(new DatagramPacket(query, query.length));
  }

  byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[8192], 8192);
    udp.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  byte[] askByTcp(byte[] query) throws IOException {
    sendByTcp(query);
    return receiveByTcp();
  }

  void sendByTcp(byte[] query) throws IOException {
    byte[] message = new byte[2 + query.length];
    Dns.u16(message, 0, query.length);
    System.arraycopy(query, 0, message, 2, query.length);
    new DataOutputStream(tcp.getOutputStream()).write(message);
  }

  byte[] receiveByTcp() throws IOException {
    DataInputStream in = new DataInputStream(tcp.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    return answer;
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
