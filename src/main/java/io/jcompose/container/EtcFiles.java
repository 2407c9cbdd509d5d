package io.jcompose.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The contents of the files in /etc that the engine writes for a container; an empty one is not given. */
public record EtcFiles(String hosts, String hostname, String resolvConf) {
  /** None: the image's own stay. */
  public static final EtcFiles NONE = new EtcFiles("", "", "");

  /** Writes them into {@code folder}, and tells where each goes in the container. */
  Map<String, Path> write(Path folder) throws IOException {
    Map<String, Path> written = new LinkedHashMap<>();
    write(folder, "hosts", hosts, written);
    write(folder, "hostname", hostname, written);
    write(folder, "resolv.conf", resolvConf, written);
    return written;
  }

  private static void write(Path folder, String name, String content, Map<String, Path> written)
      throws IOException {
    if (content.isEmpty()) {
      return;
    }
    Files.createDirectories(folder);
    Path file = folder.resolve(name);
    Path made = Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(
        made, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
    written.put("/etc/" + name, file);
  }
}
