package io.jcompose.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a process of a container is and may do, in all variants, beside what it would be with Debian's runc. */
class ConfinementOracleTest {
  @RegisterExtension private static final TestEngine engine = TestEngine.withBusybox();
  private static Path out;
  private static final Map<ProbeVariant, Map<String, String>> OURS = new HashMap<>();
  private static final Map<ProbeVariant, Map<String, String>> RUNCS = new HashMap<>();

  @BeforeAll
  static void probeAll() throws Exception {
    out = Files.createDirectories(engine.folder().resolve("reports"));
    Host.run("chmod", "0777", out.toString()).ok();
    String source = Path.of("src/test/probe/probe.c").toAbsolutePath().toString();
    Host.run("gcc", "-O1", "-static", "-o", out.resolve("probe").toString(), source).ok();
    RuncProbe runc = new RuncProbe(Files.createDirectories(engine.folder().resolve("runc")), out);
    try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
      Future<?> runcs =
          beside.submit(
              () -> {
                for (ProbeVariant variant : ProbeVariant.all()) {
                  RUNCS.put(variant, runc.report(variant));
                }
                return null;
              });
      for (ProbeVariant variant : ProbeVariant.all()) {
        OURS.put(variant, ours(variant));
      }
      runcs.get();
    }
  }

  private static Map<String, String> ours(ProbeVariant variant) throws IOException {
    List<String> options = new ArrayList<>();
    if (variant.user()) {
      options.addAll(List.of("-u", "1000:1000"));
    }
    if (variant.privileged()) {
      options.add("--privileged");
    }
    options.addAll(List.of("--network", "none", "-v", out + ":/out", "busybox"));
    List<String> command = new ArrayList<>(List.of("container"));
    if (variant.exec()) {
      List<String> run = new ArrayList<>(List.of("container", "run", "-d", "--name", variant.toString()));
      run.addAll(options);
      run.addAll(List.of("sleep", "1000"));
      engine.run(run.toArray(String[]::new)).ok();
      command.add("exec");
      if (variant.terminal()) {
        command.add("-t");
      }
      command.add(variant.toString());
    } else {
      command.addAll(List.of("run", "--rm"));
      if (variant.terminal()) {
        command.add("-t");
      }
      command.addAll(options);
    }
    command.addAll(List.of("/out/probe", "/out/" + variant));
    engine.run(command.toArray(String[]::new)).ok();
    if (variant.exec()) {
      engine.run("container", "rm", "-f", variant.toString()).ok();
    }
    return ProbeVariant.parse(Files.readString(out.resolve(variant.toString())));
  }

  /** A namespace's number says nothing by itself. */
  private static Map<String, String> withNamesOfNamespaces(Map<String, String> report) {
    Map<String, String> named = new TreeMap<>(report);
    named.replaceAll(
        (subject, answer) ->
            !subject.startsWith("namespace ")
                ? answer
                : Host.run("readlink", "/proc/self/ns/" + subject.substring("namespace ".length())).out().strip().equals(answer)
                    ? "the host's"
                    : "own");
    return named;
  }

  @Test
  @Tag("SEC-2")
  @DisplayName("SECURITY §1 to §3: a container may do what one of runc with Docker's defaults may, but for what we know")
  void theyDifferOnlyWhereTheyShould() {
    Set<ProbeDifference> met = new HashSet<>();
    Map<String, Set<String>> surprises = new TreeMap<>();
    for (ProbeVariant variant : ProbeVariant.all()) {
      Map<String, String> ours = withNamesOfNamespaces(OURS.get(variant));
      Map<String, String> runcs = withNamesOfNamespaces(RUNCS.get(variant));
      Set<String> subjects = new TreeSet<>(ours.keySet());
      subjects.addAll(runcs.keySet());
      subjects.removeIf(subject -> Objects.equals(ours.get(subject), runcs.get(subject)));
      for (String subject : subjects) {
        Optional<ProbeDifference> known =
            Stream.concat(ProbeDifference.INTENDED.stream(), ProbeDifference.OF_THE_CALLER.stream())
                .filter(difference -> difference.covers(subject, ours.get(subject), runcs.get(subject)))
                .findFirst();
        known.ifPresentOrElse(
            met::add,
            () ->
                surprises
                    .computeIfAbsent(
                        subject + ": " + ours.get(subject) + ", with runc " + runcs.get(subject), s -> new TreeSet<>())
                    .add(variant.toString()));
      }
    }
    assertThat(surprises).as("what nobody explained").isEmpty();
    met.removeAll(ProbeDifference.OF_THE_CALLER);
    assertThat(met).as("differences that are still there").containsExactlyInAnyOrderElementsOf(ProbeDifference.INTENDED);
  }

  /** The two could be wrong in the same way: this is what they must not, and may, do. */
  @Test
  @DisplayName("CAP-1, CAP-3, SEC-2, SEC-4, SEC-6, PRC-3, DEV-3, PRV-1: and what a default container is refused, a privileged one may do")
  void whatIsRefusedAndItsControl() {
    for (ProbeVariant variant : ProbeVariant.all()) {
      Map<String, String> report = OURS.get(variant);
      String refused = variant.privileged() ? "ok" : "EPERM";
      boolean mighty = variant.privileged() && !variant.user();
      assertThat(report)
          .as(variant.toString())
          .containsEntry("status CapAmb", "0".repeat(16))
          .containsEntry("status CapInh", "0".repeat(16))
          .containsEntry("status Seccomp", variant.privileged() ? "0" : "2")
          .containsEntry("clone none", "ok")
          .containsEntry("clone user", refused)
          .containsEntry("unshare user", refused)
          .containsEntry("personality 0x8", "ok")
          .containsEntry("personality 0x40000", refused)
          .containsEntry("mount tmpfs", mighty ? "ok" : "EPERM")
          .containsEntry("uncover /proc/timer_list", mighty ? "EINVAL" : "EPERM")
          .containsEntry("raw socket packet", variant.user() ? "EPERM" : "ok")
          .containsEntry("hidden /proc/timer_list", mighty ? "told" : variant.user() && variant.privileged() ? "EACCES" : "empty")
          .containsEntry("mknod c 1:11", variant.user() ? "EPERM" : "ok");
      if (!variant.user()) {
        assertThat(report)
            .as(variant.toString())
            .containsEntry("open c 1:11", refused)
            .containsEntry("open c 1:3", "ok")
            .containsEntry("open for writing /proc/sys/kernel/core_pattern", variant.privileged() ? "ok" : "EROFS");
      }
    }
  }

  @Test
  @DisplayName("ESC-13: a terminal is the container's own, with a session of its own, and never the caller's")
  void terminals() {
    for (ProbeVariant variant : ProbeVariant.all()) {
      assertThat(OURS.get(variant))
          .as(variant.toString())
          .containsEntry("terminal", variant.terminal() ? "/dev/pts/0" : "none")
          .containsEntry("session leader", "yes");
    }
  }
}
