package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The probe in containers that Debian's runc makes of what Docker hands to it. */
final class RuncProbe {
  private final Path folder;
  private final Path out;
  private int containers;

  /** @param out holds the program as {@code probe}, and takes the reports */
  RuncProbe(Path folder, Path out) throws IOException {
    this.folder = folder;
    this.out = out;
    for (String name : List.of("bin", "dev", "out", "proc", "sys", "tmp")) {
      Files.createDirectories(folder.resolve("rootfs").resolve(name));
    }
    Files.copy(Path.of("/bin/busybox"), folder.resolve("rootfs/bin/busybox"));
    Host.run("chmod", "1777", folder.resolve("rootfs/tmp").toString()).ok();
  }

  /** @return what the probe says in a container of this kind */
  Map<String, String> report(ProbeVariant variant) throws IOException {
    List<String> probe = List.of("/out/probe", "/out/runc-" + variant);
    String name = "jcprobe-" + ProcessHandle.current().pid() + "-" + containers++;
    if (!variant.exec()) {
      OciBundle.write(folder, variant, out, "/" + name, probe);
      run(variant, "run", "--bundle", folder.toString(), name);
    } else {
      ProbeVariant host = new ProbeVariant(variant.user(), false, false, variant.privileged());
      OciBundle.write(folder, host, out, "/" + name, List.of("/bin/busybox", "sleep", "1000"));
      run(host, "run", "--detach", "--bundle", folder.toString(), name);
      List<String> exec = new ArrayList<>(List.of("exec"));
      if (variant.terminal()) {
        exec.add("--tty");
      }
      exec.add(name);
      exec.addAll(probe);
      try {
        run(variant, exec.toArray(String[]::new));
      } finally {
        run(host, "delete", "--force", name);
      }
    }
    return ProbeVariant.parse(Files.readString(out.resolve("runc-" + variant)));
  }

  private void run(ProbeVariant variant, String... arguments) throws IOException {
    List<String> runc = new ArrayList<>(List.of("runc", "--root", folder.resolve("state").toString()));
    runc.addAll(List.of(arguments));
    // It wants a terminal of its own to pass on; and what it leaves running must not hold the test's pipe.
    List<String> command =
        variant.terminal()
            ? List.of("script", "-qec", String.join(" ", runc), "/dev/null")
            : List.of("sh", "-c", "\"$@\" </dev/null >\"$0\" 2>&1", folder.resolve("said").toString());
    List<String> whole = new ArrayList<>(command);
    if (!variant.terminal()) {
      whole.addAll(runc);
    }
    Result result = Host.run(folder, whole);
    String said = Files.exists(folder.resolve("said")) ? Files.readString(folder.resolve("said")) : "";
    assertThat(result.code()).as("%s: %s%s", runc, result.out(), said).isZero();
  }
}
