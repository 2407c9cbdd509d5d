package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Namespaces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Names while what they stand for comes and goes (F-27): no answer names a container that has been gone for a second,
 * and none is denied that is there. {@code -Dchurn.rounds=N} makes it longer.
 */
class NameChurnTest {
  private static final int ROUNDS = Integer.getInteger("churn.rounds", 8);
  private static final int SERVICES = 4;
  private static final int CLIENTS = 3;
  private static final long GRACE_MILLIS = 1000;
  private static final int PAUSE_MILLIS = 5;
  private static final String PATIENCE = "the tests share a machine with others; a query may wait its turn";

  /** A service's address, or "" for none, and from when to when it may be answered, in milliseconds. */
  private record Truth(String address, long from, long to) {}

  private final Map<String, List<Truth>> truths = new ConcurrentHashMap<>();
  private final List<String> wrong = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private volatile boolean over;

  @Test
  void namesFollowWhatRuns() throws Exception {
    try (TestEngine engine = TestEngine.withBusybox()) {
      StringBuilder file = new StringBuilder("services:\n  client: {image: busybox, init: true, command: sleep 1000}\n");
      for (int i = 0; i < SERVICES; i++) {
        file.append("  s").append(i).append(": {image: busybox, init: true, command: sleep 1000}\n");
      }
      TestProject project = engine.project("churn", file.toString()).up();
      List<Thread> clients = new ArrayList<>();
      try (Fd inside = Fs.open("/proc/" + pid(engine) + "/ns/net", Fs.O_RDONLY, 0)) {
        for (int i = 0; i < SERVICES; i++) {
          truths.put("s" + i, new CopyOnWriteArrayList<>(List.of(new Truth(address(engine, "s" + i), 0, Long.MAX_VALUE))));
        }
        for (int i = 0; i < CLIENTS; i++) {
          int seed = i;
          clients.add(Thread.ofPlatform().start(() -> ask(inside, new Random(seed))));
        }
        churn(engine, project);
        over = true;
        for (Thread client : clients) {
          client.join();
        }
      }
      project.down();
    }
    assertThat(wrong).isEmpty();
    assertThat(asked.get()).isGreaterThan(100);
    assertThat(lost.get()).as(PATIENCE).isLessThanOrEqualTo(asked.get() / 1000 + 1);
  }

  private void churn(TestEngine engine, TestProject project) {
    Random random = new Random(27);
    for (int round = 0; round < ROUNDS; round++) {
      String service = "s" + random.nextInt(SERVICES);
      List<Truth> told = truths.get(service);
      Truth before = told.getLast();
      long begin = System.currentTimeMillis();
      boolean there = !before.address().isEmpty();
      if (there && random.nextInt(3) == 0) {
        // From here on it may be denied, and from a second after the end it must be.
        told.add(new Truth("", begin, Long.MAX_VALUE));
        project.run("stop", "-t", "0", service).ok();
        end(told, before);
        continue;
      }
      told.add(new Truth("", begin, Long.MAX_VALUE));
      told.add(new Truth("any", begin, Long.MAX_VALUE));
      project.run("up", "-d", "--force-recreate", "--no-deps", "-t", "0", service).ok();
      long now = System.currentTimeMillis();
      told.add(new Truth(address(engine, service), begin, Long.MAX_VALUE));
      for (Truth earlier : List.copyOf(told.subList(0, told.size() - 1))) {
        if (earlier.to() == Long.MAX_VALUE) {
          told.set(told.indexOf(earlier), new Truth(earlier.address(), earlier.from(), now + GRACE_MILLIS));
        }
      }
    }
  }

  private static void end(List<Truth> told, Truth truth) {
    int at = told.indexOf(truth);
    told.set(at, new Truth(truth.address(), truth.from(), System.currentTimeMillis() + GRACE_MILLIS));
  }

  private static String pid(TestEngine engine) {
    return engine.run("container", "top", "churn-client-1").ok().out().lines().skip(1).findFirst().orElseThrow().split(" +")[1];
  }

  private static String address(TestEngine engine, String service) {
    String all =
        engine.run("network", "inspect", "-f", "{{range .Containers}}{{.Name}}={{.IPv4Address}} {{end}}", "churn_default").ok().out();
    return all.replaceAll("(?s).*churn-" + service + "-1=([0-9.]+)/.*", "$1");
  }

  private void ask(Fd inside, Random random) {
    try (DatagramSocket socket = Namespaces.inNetwork(inside, DatagramSocket::new)) {
      socket.connect(new InetSocketAddress("127.0.0.11", 53));
      socket.setSoTimeout(2000);
      for (int id = 1; !over; id = id % 0xffff + 1) {
        String service = "s" + random.nextInt(SERVICES);
        long sent = System.currentTimeMillis();
        String answer = ask(socket, id, service);
        long got = System.currentTimeMillis();
        asked.incrementAndGet();
        if (answer == null) {
          lost.incrementAndGet();
        } else if (truths.get(service).stream().noneMatch(t -> allows(t, answer, sent, got))) {
          wrong.add(service + " = \"" + answer + "\" at " + sent + "; right were " + truths.get(service));
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      wrong.add(e.toString());
    }
  }

  private static boolean allows(Truth truth, String answer, long sent, long got) {
    boolean same = truth.address().equals(answer) || truth.address().equals("any");
    return same && truth.from() <= got && sent <= truth.to();
  }

  /** The address; "" for NXDOMAIN; null when there was no answer. */
  private static String ask(DatagramSocket socket, int id, String name) throws IOException {
    ByteArrayOutputStream query = new ByteArrayOutputStream();
    query.writeBytes(new byte[] {(byte) (id >> 8), (byte) id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, (byte) name.length()});
    query.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    query.writeBytes(new byte[] {0, 0, 1, 0, 1});
    socket.send(new DatagramPacket(query.toByteArray(), query.size()));
    DatagramPacket packet = new DatagramPacket(new byte[512], 512);
    try {
      do {
        socket.receive(packet);
        // An answer to a query that was given up may still come.
      } while (idOf(packet) != id);
    } catch (SocketTimeoutException e) {
      return null;
    }
    byte[] answer = packet.getData();
    int length = packet.getLength();
    if ((answer[3] & 0xf) != 0 || answer[7] == 0) {
      return "";
    }
    return InetAddress.getByAddress(java.util.Arrays.copyOfRange(answer, length - 4, length)).getHostAddress();
  }

  private static int idOf(DatagramPacket packet) {
    return (packet.getData()[0] & 0xff) << 8 | packet.getData()[1] & 0xff;
  }
}
