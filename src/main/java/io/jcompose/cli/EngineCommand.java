package io.jcompose.cli;

import io.jcompose.cli.render.ContainerText;
import io.jcompose.engine.EngineStatus;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "engine", description = "The engine itself: status, start, stop, install, uninstall.", sortOptions = false)
final class EngineCommand implements Runnable {
  /** Those for which no engine is started: they come here without one when none runs. */
  static final List<String> WITHOUT_START = List.of("status", "stop");

  private static final String ROOT_HELP = "Root folder of the system, of an image in the making (/)";
  private final CommandContext context;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  EngineCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(spec.commandLine(), "say what: status, start, stop, install or uninstall");
  }

  @Command(name = "status", description = "Shows what the engine is and does.")
  int status() {
    if (!context.hasEngine()) {
      context.out().println("engine      not running; the next command that needs one starts it");
      return 1;
    }
    EngineStatus status = context.engine().status();
    context.out().println("engine      running, pid " + status.pid() + ", version " + Installation.version());
    context.out().println("since       " + ContainerText.ago(System.currentTimeMillis() - status.startedMillis()));
    context.out().println("containers  " + status.running() + " running, " + status.containers() + " in all");
    context.out().println("networks    " + status.networks());
    context.out().println("images      " + status.images());
    context.out().println("cgroups     " + status.cgroups());
    context.out().println("data        " + status.root());
    context.out().println("runtime     " + status.run());
    context.out().println("leaves      " + status.idleRule());
    return 0;
  }

  @Command(name = "stop", description = "Ends the engine and waits until it is gone; containers run on.")
  int stop() {
    if (!context.hasEngine()) {
      context.out().println("no engine runs");
      return 0;
    }
    int running = context.engine().status().running();
    context.engine().stopAfterThisCommand();
    context.out().println(
        "engine stopped"
            + (running == 0 ? "" : "; " + running + " container" + (running == 1 ? "" : "s")
                + (running == 1 ? " runs" : " run") + " on, and the next command finds " + (running == 1 ? "it" : "them") + " again"));
    return 0;
  }

  /** By the time that this runs, the client has started it. */
  @Command(name = "start", description = "Starts the engine, which brings back the containers that are to run always.")
  int start() {
    context.out().println("engine running, pid " + context.engine().status().pid());
    return 0;
  }

  @Command(name = "install", description = "Lets systemd start the engine with the host.")
  int install(@Option(names = "--root", paramLabel = "DIR", description = ROOT_HELP) Path root) {
    context
        .out()
        .println(
            unit(root).install(Installation.client(), SystemdUnit.settings(context.invocation().environment())));
    return 0;
  }

  @Command(name = "uninstall", description = "Takes that back; what runs now runs on.")
  int uninstall(@Option(names = "--root", paramLabel = "DIR", description = ROOT_HELP) Path root) {
    context.out().println(unit(root).uninstall());
    return 0;
  }

  private SystemdUnit unit(Path root) {
    return new SystemdUnit(context.invocation().directory().resolve(root == null ? Path.of("/") : root).normalize());
  }
}
