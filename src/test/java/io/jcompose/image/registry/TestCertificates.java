package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/** Keys and certificates made by the JDK's keytool. */
final class TestCertificates {
  static final char[] PASSWORD = "changeit".toCharArray();

  /** A key with its certificate chain, under the alias that the file is named after. */
  record Pair(Path file) {
    KeyStore open() throws IOException, GeneralSecurityException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, PASSWORD);
      }
      return store;
    }
  }

  private TestCertificates() {}

  static Pair selfSigned(Path folder, String alias, String... options) throws IOException {
    Path file = folder.resolve(alias + ".p12");
    List<String> arguments =
        new ArrayList<>(
            List.of("-genkeypair", "-alias", alias, "-keyalg", "RSA", "-dname", "CN=" + alias));
    arguments.addAll(List.of(options));
    keytool(file, arguments);
    return new Pair(file);
  }

  /** An authority. */
  static Pair authority(Path folder, String alias) throws IOException {
    return selfSigned(folder, alias, "-ext", "bc:c");
  }

  /**
   * A server's key, its certificate signed by the authority.
   *
   * @param name what it is good for: {@code dns:host} or {@code ip:address}
   */
  static Pair signed(Path folder, String alias, String name, Path authority, String authorityAlias)
      throws IOException {
    Pair server = selfSigned(folder, alias);
    Path request = folder.resolve(alias + ".csr");
    Path certificate = folder.resolve(alias + ".crt");
    keytool(server.file(), List.of("-certreq", "-alias", alias, "-file", request.toString()));
    keytool(
        authority,
        List.of(
            "-gencert", "-alias", authorityAlias, "-infile", request.toString(), "-outfile",
            certificate.toString(), "-rfc", "-ext", "san=" + name));
    Path pem = export(folder, authority, authorityAlias);
    keytool(
        server.file(),
        List.of("-importcert", "-noprompt", "-alias", "ca", "-file", pem.toString()));
    keytool(
        server.file(),
        List.of("-importcert", "-noprompt", "-alias", alias, "-file", certificate.toString()));
    return server;
  }

  /** The certificate as PEM. */
  static Path export(Path folder, Path store, String alias) throws IOException {
    Path pem = folder.resolve(alias + ".pem");
    keytool(store, List.of("-exportcert", "-rfc", "-alias", alias, "-file", pem.toString()));
    return pem;
  }

  private static void keytool(Path store, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(arguments);
    command.addAll(
        List.of("-keystore", store.toString(), "-storetype", "PKCS12", "-storepass", "changeit"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    try {
      assertThat(process.waitFor()).as(output).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
