package io.jcompose.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
  @Test
  void carriesBytesAndDescriptors() {
    UnixSocket[] pair = UnixSocket.pair(UnixSocket.SEQPACKET);
    try (UnixSocket a = pair[0];
        UnixSocket b = pair[1];
        Fd file = Fs.open("/proc/version", Fs.O_RDONLY, 0)) {
      a.send("hello".getBytes(StandardCharsets.UTF_8), List.of(file));
      UnixSocket.Received received = b.receive(100);
      assertThat(new String(received.data(), StandardCharsets.UTF_8)).isEqualTo("hello");
      assertThat(received.fds()).hasSize(1);
      try (Fd copy = received.fds().get(0)) {
        assertThat(Fs.stat(copy).inode()).isEqualTo(Fs.stat(file).inode());
        byte[] text = new byte[100];
        assertThat(Fs.read(copy, text)).isPositive();
        assertThat(new String(text, StandardCharsets.UTF_8)).startsWith("Linux");
      }
    }
  }

  @Test
  void pathsOfAnyLengthWillDo(@TempDir Path folder) throws IOException {
    Path path = Files.createDirectories(folder.resolve("f".repeat(200))).resolve("socket");
    try (UnixSocket listening = UnixSocket.listen(path.toString(), UnixSocket.SEQPACKET, 1);
        UnixSocket caller = UnixSocket.connect(path.toString(), UnixSocket.SEQPACKET);
        UnixSocket answering = listening.accept()) {
      caller.send(new byte[] {7}, List.of());
      assertThat(answering.receive(1).data()).containsExactly(7);
      assertThat(path).exists();
    }
    assertThatThrownBy(() -> UnixSocket.connect(path.toString(), UnixSocket.SEQPACKET))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void listsAndStats() {
    try (Fd dir = Fs.open("/etc", Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      assertThat(Fs.list(dir)).extracting(e -> new String(e.name(), StandardCharsets.UTF_8)).contains("passwd");
      assertThat(Fs.stat(dir, "passwd".getBytes(StandardCharsets.UTF_8)).permissions()).isEqualTo(0644);
    }
  }

  @Test
  void namespaceOfAThrowAwayThread() {
    try (Fd network = Namespaces.newNetwork();
        Fd own = Fs.open("/proc/self/ns/net", Fs.O_RDONLY, 0)) {
      assertThat(Fs.stat(network).inode()).isNotEqualTo(Fs.stat(own).inode());
    }
  }
}
