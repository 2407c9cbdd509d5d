package io.jcompose.image.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Signs tokens as docker-registry wants them (distribution, "Token Authentication Specification"): to
 * anybody for what is below {@code public/}, to ann with her password or her refresh token for the rest
 * but what is below {@code closed/}.
 */
final class TokenServer implements AutoCloseable {
  static final String USER = "ann";
  static final String PASSWORD = "s3cret: with colon";
  static final String REFRESH_TOKEN = "refresh-me";

  final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PrivateKey key;
  private final byte[] certificate;
  private final Path certificateFile;

  TokenServer(Path folder) throws IOException, GeneralSecurityException {
    TestCertificates.Pair pair = TestCertificates.selfSigned(folder, "tokens");
    KeyStore store = pair.open();
    key = (PrivateKey) store.getKey("tokens", TestCertificates.PASSWORD);
    certificate = store.getCertificate("tokens").getEncoded();
    certificateFile =
        Files.writeString(
            folder.resolve("tokens.pem"),
            "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/token", this::handle);
    server.start();
  }

  String registryAuth() {
    return """
        auth: {token: {realm: "http://127.0.0.1:%d/token", service: testsvc, issuer: tok, rootcertbundle: %s}}
        """
        .formatted(server.getAddress().getPort(), certificateFile);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      boolean post = exchange.getRequestMethod().equals("POST");
      String parameters =
          post
              ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.US_ASCII)
              : exchange.getRequestURI().getRawQuery();
      Map<String, String> asking = parse(parameters);
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      asked.add(exchange.getRequestMethod() + " " + asking.get("scope"));
      boolean known =
          post
              ? REFRESH_TOKEN.equals(asking.get("refresh_token"))
              : new Credentials.UserPassword(USER, PASSWORD).basic().equals(login);
      if (!known && (login != null || post)) {
        FakeRegistry.send(
            exchange, 401, "{\"details\":\"incorrect username or password\"}".getBytes());
        return;
      }
      String scope = asking.get("scope");
      String token = token(scope, known);
      String field = post ? "access_token" : "token";
      FakeRegistry.send(exchange, 200, ("{\"" + field + "\":\"" + token + "\"}").getBytes());
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private String token(String scope, boolean known) throws GeneralSecurityException {
    String access =
        Arrays.stream(scope.split(" "))
            .map(one -> one.split(":"))
            .filter(one -> known && !one[1].startsWith("closed/") || one[1].startsWith("public/"))
            .map(
                one ->
                    "{\"type\":\"repository\",\"name\":\"%s\",\"actions\":[\"%s\"]}"
                        .formatted(one[1], one[2].replace(",", "\",\"")))
            .collect(Collectors.joining(","));
    long now = Instant.now().getEpochSecond();
    String header =
        "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5c\":[\"%s\"]}"
            .formatted(Base64.getEncoder().encodeToString(certificate));
    String claims =
        """
        {"iss":"tok","sub":"%s","aud":"testsvc","exp":%d,"nbf":%d,"iat":%d,"jti":"%d","access":[%s]}"""
            .formatted(known ? USER : "", now + 300, now - 30, now, System.nanoTime(), access);
    String signed = url(header.getBytes()) + "." + url(claims.getBytes());
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key);
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + url(signature.sign());
  }

  private static String url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static Map<String, String> parse(String query) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      String[] sides = pair.split("=", 2);
      values.merge(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8), (one, next) -> one + " " + next);
    }
    return values;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
