package io.jcompose.cli;

import io.jcompose.engine.Engine;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.doctor.DiskFindings;
import io.jcompose.engine.doctor.Finding;
import io.jcompose.engine.doctor.HostFindings;
import io.jcompose.engine.doctor.LeftFindings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "doctor",
    description = {
      "Looks at what this host allows and at what a crash has left, and says what to do.",
      "Exit code: 0 all is well, or works with warnings; 1 something is to be done."
    },
    sortOptions = false)
final class DoctorCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = "--fix", description = "Clears away what a crash has left")
  boolean fix;

  @Option(names = {"-q", "--quiet"}, description = "Shows only what is not well")
  boolean quiet;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  DoctorCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Map<String, String> environment = context.invocation().environment();
    Path root = Path.of(environment.getOrDefault("JCOMPOSE_ROOT", "/var/lib/jcompose"));
    Path run = Path.of(environment.getOrDefault("JCOMPOSE_RUN", "/run/jcompose"));
    List<Finding> findings = new ArrayList<>(HostFindings.look(root));
    findings.addAll(DiskFindings.look(root));
    Optional<Engine> engine = context.engineIfAny();
    List<String> left = engine.isPresent() ? engine.get().leftovers() : LeftFindings.look(root, run);
    if (!left.isEmpty() && fix) {
      clear(engine, environment);
      left.forEach(what -> context.out().println("cleared   " + what));
      left = engine.isPresent() ? engine.get().leftovers() : LeftFindings.look(root, run);
    }
    left.forEach(
        what ->
            findings.add(Finding.bad("left over", what + " belongs to no container or network", "jcompose doctor --fix")));
    findings.stream().filter(f -> !quiet || f.grade() != Finding.Grade.GOOD).forEach(this::show);
    return findings.stream().anyMatch(f -> f.grade() == Finding.Grade.BAD) ? 1 : 0;
  }

  private void show(Finding finding) {
    String mark =
        switch (finding.grade()) {
          case GOOD -> "ok        ";
          case WARNING -> "warning   ";
          case BAD -> "problem   ";
        };
    String advice = finding.advice().isEmpty() ? "" : "; to do: " + finding.advice();
    context.out().println(mark + finding.subject() + ": " + finding.text() + advice);
  }

  /** An engine clears away what it does not know whenever it starts. */
  private static void clear(Optional<Engine> engine, Map<String, String> environment) {
    if (engine.isPresent()) {
      engine.get().clearLeftovers();
      return;
    }
    ProcessBuilder start = new ProcessBuilder(Installation.client().toString(), "engine", "start").redirectErrorStream(true);
    start.environment().putAll(environment);
    try {
      Process process = start.start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new EngineException("what is left over cannot be cleared away: " + said.strip());
      }
    } catch (IOException e) {
      throw new EngineException("the engine cannot be started: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
