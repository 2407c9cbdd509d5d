package io.jcompose.build;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs steps in a chroot over an overlay, in a mount namespace of their own: no container, but real
 * files.
 */
final class ChrootStepRunner implements StepRunner {
  final List<StepSpec> steps = java.util.Collections.synchronizedList(new ArrayList<>());

  @Override
  public int run(StepSpec step, StepOutput output, Cancellation cancellation) {
    steps.add(step);
    try {
      Path root = Files.createTempDirectory("step-root");
      Path secrets = Files.createTempDirectory("step-secrets");
      try {
        Process process =
            new ProcessBuilder(argv(step, root, secrets)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Cancellation.Registration kill =
            cancellation.onRequest(() -> process.toHandle().destroyForcibly());
        try (InputStream in = process.getInputStream()) {
          byte[] buffer = new byte[4096];
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            output.write(Arrays.copyOf(buffer, n));
          }
          return process.waitFor();
        } finally {
          kill.close();
        }
      } finally {
        io.jcompose.linux.Trees.delete(root);
        io.jcompose.linux.Trees.delete(secrets);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> argv(StepSpec step, Path root, Path secrets) throws IOException {
    String lower = step.layers().stream().map(Path::toString).collect(joining(":"));
    StringBuilder script = new StringBuilder("set -e\n");
    script.append(
        "mount -t overlay overlay -o index=off,redirect_dir=off,metacopy=off,lowerdir="
            + lower
            + ",upperdir="
            + step.writable()
            + "/upper,workdir="
            + step.writable()
            + "/work "
            + root
            + "\n");
    script.append(
        "mkdir -p "
            + root
            + "/proc "
            + root
            + "/etc\n: >>"
            + root
            + "/etc/resolv.conf\nmount --bind /etc/resolv.conf "
            + root
            + "/etc/resolv.conf\n");
    script.append(
        "mount -t proc proc "
            + root
            + "/proc\nmkdir -p "
            + root
            + "/dev\nmount --bind /dev "
            + root
            + "/dev\n");
    int count = 0;
    for (StepMount mount : step.mounts()) {
      String target = root + mount.target();
      switch (mount) {
        case StepMount.Bind bind -> {
          boolean dir = Files.isDirectory(bind.source());
          script.append(
              dir ? "mkdir -p " + target : "mkdir -p $(dirname " + target + "); : >>" + target);
          script.append("\nmount --bind " + bind.source() + " " + target + "\n");
          script.append(bind.readOnly() ? "mount -o remount,bind,ro " + target + "\n" : "");
        }
        case StepMount.Tmpfs tmpfs ->
            script.append("mkdir -p " + target + "\nmount -t tmpfs t " + target + "\n");
        case StepMount.Secret secret -> {
          Path file = Files.write(secrets.resolve("s" + count++), secret.content());
          script.append("mkdir -p $(dirname " + target + "); : >>" + target + "\n");
          script.append("chmod " + Integer.toOctalString(secret.mode()) + " " + file + "\n");
          script.append("mount --bind " + file + " " + target + "\n");
        }
      }
    }
    script.append("cd " + root + "\nexec env -i \"$@\"\n");
    List<String> argv =
        new ArrayList<>(List.of("unshare", "--mount", "sh", "-c", script.toString(), "sh"));
    argv.addAll(step.env());
    argv.addAll(
        List.of(
            "chroot",
            root.toString(),
            "/bin/sh",
            "-c",
            "cd \"$0\" && exec \"$@\"",
            step.workingDir()));
    argv.addAll(step.argv());
    return argv;
  }
}
