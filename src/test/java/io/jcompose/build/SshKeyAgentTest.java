package io.jcompose.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys in files behind an agent's socket, used by OpenSSH's own programs. */
class SshKeyAgentTest {
  @TempDir Path temp;

  private String run(boolean good, Path socket, String... command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).directory(temp.toFile()).redirectErrorStream(true);
    builder.environment().put("SSH_AUTH_SOCK", socket.toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor() == 0).as(output).isEqualTo(good);
    return output;
  }

  private Path key(String name, String passphrase, String... kind) throws Exception {
    List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-N", passphrase, "-C", "c-" + name, "-f", name));
    command.addAll(List.of(kind));
    run(true, temp, command.toArray(String[]::new));
    return temp.resolve(name);
  }

  private SshKeyAgent agent(List<Path> keys) throws IOException {
    return SshKeyAgent.open(Files.createDirectory(temp.resolve("s")), keys);
  }

  @Test
  void everyKindIsListedAndSigns() throws Exception {
    List<Path> keys =
        List.of(
            key("ed", "", "-t", "ed25519"),
            key("rsa", "", "-t", "rsa", "-b", "2048"),
            key("e256", "", "-t", "ecdsa", "-b", "256"),
            key("e384", "", "-t", "ecdsa", "-b", "384"),
            key("e521", "", "-t", "ecdsa", "-b", "521"));
    Path stranger = key("stranger", "", "-t", "ed25519");
    try (SshKeyAgent agent = agent(keys)) {
      String listed = run(true, agent.socket(), "ssh-add", "-L");
      for (Path key : keys) {
        assertThat(listed).contains(Files.readString(Path.of(key + ".pub")).strip());
        run(true, agent.socket(), "ssh-add", "-T", key + ".pub"); // signs, and checks the signature
      }
      run(false, agent.socket(), "ssh-add", "-T", stranger + ".pub");
      run(false, agent.socket(), "ssh-add", "-D");
      assertThat(run(true, agent.socket(), "ssh-add", "-L")).as("nobody adds or removes keys").isEqualTo(listed);
    }
    assertThat(temp.resolve("s")).doesNotExist();
  }

  @Test
  void whatIsNoUsableKeyIsSaid() throws Exception {
    Path locked = key("locked", "secret", "-t", "ed25519");
    assertThatThrownBy(() -> agent(List.of(locked))).isInstanceOf(BuildException.class).hasMessageContaining("has a passphrase");
    Path old = key("old", "", "-t", "rsa", "-b", "2048", "-m", "PEM");
    assertThatThrownBy(() -> agent(List.of(old))).hasMessageContaining("ssh-keygen -p -f " + old);
    Path damaged = key("damaged", "", "-t", "ed25519");
    List<String> lines = new ArrayList<>(Files.readAllLines(damaged));
    lines.remove(2);
    Files.write(damaged, lines);
    assertThatThrownBy(() -> agent(List.of(damaged))).hasMessage("the SSH key " + damaged + " is damaged");
    assertThat(temp.resolve("s")).doesNotExist();
  }

  /** OpenSSH's format, with whatever secret half. */
  private Path file(String name, byte[] secret) throws IOException {
    byte[] none = "none".getBytes(StandardCharsets.US_ASCII);
    byte[] head = SshWire.strings(none, none, new byte[0]);
    byte[] halves = SshWire.strings(new byte[0], secret);
    byte[] magic = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
    ByteBuffer all = ByteBuffer.allocate(magic.length + head.length + 4 + halves.length);
    all.put(magic).put(head).putInt(1).put(halves);
    return Files.writeString(
        temp.resolve(name),
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(all.array())
            + "\n-----END OPENSSH PRIVATE KEY-----\n");
  }

  /** The check numbers, both 0, and the fields of a key. */
  private static byte[] secret(byte[]... fields) {
    byte[] strings = SshWire.strings(fields);
    return ByteBuffer.allocate(8 + strings.length).position(8).put(strings).array();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 31, 63, 65})
  void anEd25519SecretOfAnotherLengthIsDamaged(int length) throws IOException {
    byte[] type = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
    Path key = file("short", secret(type, new byte[32], new byte[length], new byte[0]));
    assertThatThrownBy(() -> SshKey.read(key)).hasMessage("the SSH key " + key + " is damaged");
  }

  @Test
  void anRsaKeyWithoutRealPrimesIsDamaged() throws IOException {
    byte[] type = "ssh-rsa".getBytes(StandardCharsets.US_ASCII);
    byte[] one = {1};
    Path key = file("one", secret(type, one, one, one, one, one, one, new byte[0]));
    assertThatThrownBy(() -> SshKey.read(key)).isInstanceOf(BuildException.class).hasMessage("the SSH key " + key + " is damaged");
  }

  private static long openSockets() throws IOException {
    long count = 0;
    for (String fd : Path.of("/proc/self/fd").toFile().list()) {
      Path link = Path.of("/proc/self/fd", fd);
      count += Files.isSymbolicLink(link) && Files.readSymbolicLink(link).toString().startsWith("socket:") ? 1 : 0;
    }
    return count;
  }

  @Test
  void nothingIsLeftWhereNoSocketCanBe() throws Exception {
    Path key = key("ed", "", "-t", "ed25519");
    Path folder = Files.createDirectory(temp.resolve("taken"));
    Files.createFile(folder.resolve("k"));
    SshKeyAgent.open(Files.createDirectory(temp.resolve("free")), List.of(key)).close(); // the JDK keeps one from then on
    long before = openSockets();
    assertThatThrownBy(() -> SshKeyAgent.open(folder, List.of(key)))
        .isInstanceOf(BuildException.class)
        .hasMessageStartingWith("serving SSH keys: ");
    assertThat(folder).doesNotExist();
    assertThat(openSockets()).isLessThanOrEqualTo(before);
  }
}
