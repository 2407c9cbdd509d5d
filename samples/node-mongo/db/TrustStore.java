import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;

/** Makes a Java trust store out of a PEM bundle: java TrustStore.java BUNDLE STORE. */
public final class TrustStore {
  public static void main(String[] arguments) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int number = 0;
    try (FileInputStream bundle = new FileInputStream(arguments[0])) {
      for (Certificate certificate : CertificateFactory.getInstance("X.509").generateCertificates(bundle)) {
        store.setCertificateEntry("ca-" + number++, certificate);
      }
    }
    try (FileOutputStream out = new FileOutputStream(arguments[1])) {
      store.store(out, "changeit".toCharArray());
    }
  }
}
