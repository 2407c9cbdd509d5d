package io.jcompose.network.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
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

  /** For a server that loses queries: asks again after each fifth of a second. */
  byte[] askUntilAnswered(byte[] query) throws IOException {
    udp.setSoTimeout(200);
    while (true) {
      send(query);
      try {
        return receive();
      } catch (SocketTimeoutException e) {
        // Once more; the test has its own time limit.
      }
    }
  }

  byte[] askByTcp(byte[] query) throws IOException {
    sendByTcp(query);
    return receiveByTcp();
  }

  void sendByTcp(byte[] query) {
    sendByTcp(query, query.length);
  }

  /** Sends the length of the query, and of the query itself only so much. */
  void sendByTcp(byte[] query, int part) {
    byte[] message = new byte[2 + query.length];
    Dns.u16(message, 0, query.length);
    System.arraycopy(query, 0, message, 2, query.length);
    try {
      tcp.getOutputStream().write(message, 0, 2 + part);
    } catch (IOException e) {
      // The server may close in the middle of what it will not take; what it says then is asked
      // next.
    }
  }

  /** Sends the same query many times, all at once. */
  void sendManyByTcp(byte[] query, int times) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      all.write(query.length >> 8);
      all.write(query.length);
      all.writeBytes(query);
    }
    tcp.getOutputStream().write(all.toByteArray());
  }

  byte[] receiveByTcp() throws IOException {
    DataInputStream in = new DataInputStream(tcp.getInputStream());
    byte[] answer = new byte[in.readUnsignedShort()];
    in.readFully(answer);
    return answer;
  }

  /** Reads to the end of the connection, or until nothing comes: how many answers there were. */
  int tcpAnswers() throws IOException {
    tcp.shutdownOutput();
    int answers = 0;
    try {
      while (true) {
        receiveByTcp();
        answers++;
      }
    } catch (IOException e) {
      return answers;
    }
  }

  void endTcp() throws IOException {
    tcp.shutdownOutput();
  }

  /** Waits for what comes next: whether it is the end. */
  boolean tcpHasEnded() {
    try {
      return tcp.getInputStream().read() == -1;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
