package io.jcompose.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** An unpacked image layer with busybox and a few accounts. */
final class BusyboxLayer {
  private BusyboxLayer() {}

  static Path make(Path layer) throws IOException, InterruptedException {
    Path bin = Files.createDirectories(layer.resolve("bin"));
    Files.copy(Path.of("/usr/bin/busybox"), bin.resolve("busybox"));
    Files.setPosixFilePermissions(
        bin.resolve("busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Process install =
        new ProcessBuilder("/usr/bin/busybox", "--list").redirectErrorStream(true).start();
    for (String applet : new String(install.getInputStream().readAllBytes()).split("\n")) {
      if (!applet.equals("busybox")) {
        Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
      }
    }
    install.waitFor();
    Files.createDirectories(layer.resolve("etc"));
    Files.writeString(
        layer.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1001:Ann:/home/ann:/bin/sh\n");
    Files.writeString(
        layer.resolve("etc/group"), "root:x:0:\nann:x:1001:\naudio:x:29:ann\nvideo:x:44:bob,ann\n");
    Files.createDirectories(layer.resolve("root"));
    Path tmp = Files.createDirectories(layer.resolve("tmp"));
    Files.setPosixFilePermissions(tmp, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(layer.resolve("etc/not-executable"), "#!/bin/sh\n");
    return layer;
  }
}
