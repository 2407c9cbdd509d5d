package io.jcompose.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Whom TLS believes: the JDK's authorities, the system's bundle (where a company's own authority
 * stands), the file that {@code SSL_CERT_FILE} names and, for one registry, the authorities of its
 * folder in {@code certs.d}.
 */
final class TrustedCertificates {
  /** Where distributions keep the bundle: Debian, Fedora, openSUSE, Alpine. */
  static final List<Path> SYSTEM_BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private final Optional<Path> configured;

  /**
   * @param environment of the caller; only {@code SSL_CERT_FILE} is looked at
   */
  TrustedCertificates(Map<String, String> environment) {
    configured =
        Optional.ofNullable(environment.get("SSL_CERT_FILE"))
            .filter(file -> !file.isBlank())
            .map(Path::of);
  }

  /**
   * A context that checks certificates.
   *
   * @param folders with {@code *.crt} files of further authorities; they need not exist
   */
  SSLContext verifying(List<Path> folders) {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate certificate : authorities(folders)) {
        store.setCertificateEntry("authority-" + number++, certificate);
      }
      TrustManagerFactory factory = factory();
      factory.init(store);
      return context(factory.getTrustManagers());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the JDK can't make a trust store", e);
    }
  }

  /** All that are believed, each once. */
  Set<Certificate> authorities(List<Path> folders) throws GeneralSecurityException, IOException {
    Set<Certificate> trusted = new LinkedHashSet<>(ofTheJdk());
    Optional<Path> system = SYSTEM_BUNDLES.stream().filter(Files::isReadable).findFirst();
    if (system.isPresent()) {
      trusted.addAll(read(system.get()));
    }
    if (configured.isPresent()) {
      trusted.addAll(read(configured.get()));
    }
    for (Path folder : folders) {
      for (Path file : certificateFiles(folder)) {
        trusted.addAll(read(file));
      }
    }
    return trusted;
  }

  /** A context that believes everybody: for registries that the user has listed as insecure. */
  static SSLContext trustingAll() {
    try {
      return context(new TrustManager[] {new TrustAll()});
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK can't make a TLS context", e);
    }
  }

  private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers, null);
    return context;
  }

  private static List<X509Certificate> ofTheJdk() throws GeneralSecurityException {
    TrustManagerFactory factory = factory();
    factory.init((KeyStore) null);
    List<X509Certificate> issuers = new ArrayList<>();
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        issuers.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return issuers;
  }

  private static TrustManagerFactory factory() throws GeneralSecurityException {
    return TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
  }

  private static List<Path> certificateFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".crt")).sorted().toList();
    }
  }

  static List<Certificate> read(Path bundle) {
    try (InputStream in = Files.newInputStream(bundle)) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
    } catch (IOException | CertificateException e) {
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          "can't read the certificates in "
              + bundle
              + " ("
              + e.getMessage()
              + "); repair the file or point SSL_CERT_FILE elsewhere",
          e);
    }
  }

  /** An extended manager, because the JDK adds its own check of the host's name to a plain one. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
