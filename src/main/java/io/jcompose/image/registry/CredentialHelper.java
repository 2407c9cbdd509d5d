package io.jcompose.image.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.image.Printable;
import io.jcompose.image.registry.CredentialSource.Found;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A program {@code docker-credential-NAME} that keeps secrets. Protocol: {@code get}, the server's
 * address on stdin, {@code {"ServerURL","Username","Secret"}} on stdout; "credentials not found" is
 * an ordinary answer.
 */
final class CredentialHelper {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NOT_FOUND = "credentials not found";
  private static final int LONGEST_ANSWER = 64 << 10;

  /** It may ask the user to unlock a key ring. */
  private static final long SECONDS = 60;

  private final String name;
  private final Map<String, String> environment;

  CredentialHelper(String name, Map<String, String> environment) {
    this.name = name;
    this.environment = environment;
  }

  Found get(String server) {
    try {
      Answer answer = ask("get", server);
      return answer.exit == 0 ? parse(answer.bytes) : refused(answer.text());
    } catch (IOException e) {
      return without(e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return without("credential helper docker-credential-" + name + " was interrupted");
    }
  }

  /** Has a login kept. */
  void store(String server, Credentials.UserPassword login) throws IOException, InterruptedException {
    String json =
        JSON.createObjectNode()
            .put("ServerURL", server)
            .put("Username", login.user())
            .put("Secret", login.password())
            .toString();
    Answer answer = ask("store", json);
    if (answer.exit != 0) {
      throw new IOException(failed(answer.text()));
    }
  }

  /** Has a login forgotten; returns whether there was one. */
  boolean erase(String server) throws IOException, InterruptedException {
    Answer answer = ask("erase", server);
    if (answer.exit != 0 && !answer.text().contains(NOT_FOUND)) {
      throw new IOException(failed(answer.text()));
    }
    return answer.exit == 0;
  }

  private record Answer(int exit, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private Answer ask(String verb, String input) throws IOException, InterruptedException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("\"" + Printable.text(name) + "\" is not a credential helper's name");
    }
    String program = "docker-credential-" + name;
    Path executable =
        onPath(program)
            .orElseThrow(() -> new IOException("credential helper " + program + " is configured but not in PATH"));
    ProcessBuilder builder = new ProcessBuilder(executable.toString(), verb);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(new File("/"));
    builder.redirectErrorStream(true);
    Process process = builder.start();
    // the deadline holds for the reading too: a killed helper closes its end
    Thread deadline =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                      process.destroyForcibly();
                    }
                  } catch (InterruptedException e) {
                    process.destroyForcibly();
                  }
                });
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it has ended without reading: what it printed and its exit code say why
    }
    byte[] answer;
    try (var out = process.getInputStream()) {
      answer = out.readNBytes(LONGEST_ANSWER);
    }
    int exit = process.waitFor();
    deadline.interrupt();
    return new Answer(exit, answer);
  }

  private Found parse(byte[] answer) throws IOException {
    JsonNode json;
    try {
      json = JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      // without the parser's message, which may quote the secret
      throw new IOException("credential helper docker-credential-" + name + " failed: its answer is not JSON");
    }
    String user = json.path("Username").asText("");
    String secret = json.path("Secret").asText("");
    return Found.of(
        user.isEmpty() && secret.isEmpty()
            ? Credentials.anonymous()
            : DockerConfig.ofPair(user, secret));
  }

  private Found refused(String answer) {
    return answer.contains(NOT_FOUND) ? Found.of(Credentials.anonymous()) : without(failed(answer));
  }

  private String failed(String answer) {
    return "credential helper docker-credential-" + name + " failed: " + Printable.text(answer.strip());
  }

  /** By the caller's PATH, not by that of this process. */
  private Optional<Path> onPath(String program) {
    return Arrays.stream(environment.getOrDefault("PATH", "").split(":"))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Found without(String warning) {
    return new Found(Credentials.anonymous(), Optional.of(warning));
  }
}
