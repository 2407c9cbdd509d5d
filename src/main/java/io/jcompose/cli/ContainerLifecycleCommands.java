package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.ContainerControl;
import io.jcompose.engine.Continuation;
import io.jcompose.engine.EngineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs that change what single containers do, each a few lines. */
final class ContainerLifecycleCommands {
  private ContainerLifecycleCommands() {}

  static List<Verb> all(CommandContext context) {
    return List.of(
        new Stop(context),
        new Restart(context),
        new Kill(context),
        new Pause(context),
        new Unpause(context),
        new Rename(context),
        new Wait(context),
        new Remove(context));
  }

  /** What they have in common. */
  abstract static class Verb implements Callable<Integer> {
    final CommandContext context;

    Verb(CommandContext context) {
      this.context = context;
    }

    ContainerControl control() {
      return context.engine().control();
    }
  }

  @Command(name = "stop", description = "Stops containers without removing them.", sortOptions = false)
  static final class Stop extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    @Option(names = {"-s", "--signal"}, paramLabel = "SIGNAL", description = "In place of its stop signal")
    String signal = "";

    @Option(names = {"-t", "--timeout", "--time"}, paramLabel = "SECONDS", description = "Grace period; -1: for ever")
    Integer timeout;

    Stop(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      Optional<Duration> grace = Optional.ofNullable(timeout).map(Duration::ofSeconds);
      return EachContainer.named(context, names, name -> control().stop(name, signal, grace));
    }
  }

  @Command(name = "restart", description = "Stops containers and starts them again.", sortOptions = false)
  static final class Restart extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    @Option(names = {"-s", "--signal"}, paramLabel = "SIGNAL", description = "In place of its stop signal")
    String signal = "";

    @Option(names = {"-t", "--timeout", "--time"}, paramLabel = "SECONDS", description = "Grace period; -1: for ever")
    Integer timeout;

    Restart(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      Optional<Duration> grace = Optional.ofNullable(timeout).map(Duration::ofSeconds);
      return EachContainer.named(context, names, name -> control().restart(name, signal, grace));
    }
  }

  @Command(name = "kill", description = "Sends a signal to containers, SIGKILL if none is named.", sortOptions = false)
  static final class Kill extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    @Option(names = {"-s", "--signal"}, paramLabel = "SIGNAL", description = "A name or a number. Default: KILL")
    String signal = "KILL";

    Kill(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      return EachContainer.named(context, names, name -> control().kill(name, signal));
    }
  }

  @Command(name = "pause", description = "Freezes all processes of containers.", sortOptions = false)
  static final class Pause extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    Pause(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      return EachContainer.named(context, names, control()::pause);
    }
  }

  @Command(name = "unpause", description = "Lets paused containers go on.", sortOptions = false)
  static final class Unpause extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    Unpause(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      return EachContainer.named(context, names, control()::unpause);
    }
  }

  @Command(name = "rename", description = "Gives a container another name.", sortOptions = false)
  static final class Rename extends Verb {
    @Parameters(index = "0", paramLabel = "CONTAINER", description = "Name or id")
    String name;

    @Parameters(index = "1", paramLabel = "NEW_NAME", description = "Its name from now on")
    String newName;

    Rename(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      control().rename(name, newName);
      return 0;
    }
  }

  @Command(name = "wait", description = "Waits until containers have ended, and prints their exit codes.", sortOptions = false)
  static final class Wait extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    Wait(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      Cancellation cancellation = context.invocation().cancellation();
      Continuation continuation = context.invocation().continuation();
      KeptState state = KeptState.of(continuation).orElseGet(() -> KeptState.empty().put("waiting", names));
      continuation.begin(Commands.INTERRUPTED, true);
      state.keep(continuation);
      return EachContainer.tried(
          context,
          state.texts("waiting"),
          name -> {
            int code = control().await(name, cancellation);
            List<String> waiting = state.texts("waiting");
            state.put("waiting", waiting.subList(1, waiting.size())).keep(continuation, Integer.toString(code));
          });
    }
  }

  @Command(name = "rm", aliases = "remove", description = "Removes containers.", sortOptions = false)
  static final class Remove extends Verb {
    @Parameters(arity = "1..*", paramLabel = "CONTAINER", description = "Names or ids")
    List<String> names = new ArrayList<>();

    @Option(names = {"-f", "--force"}, description = "Kills what runs; one that is not there is no failure")
    boolean force;

    @Option(names = {"-v", "--volumes"}, description = "Removes their anonymous volumes, too")
    boolean volumes;

    Remove(CommandContext context) {
      super(context);
    }

    @Override
    public Integer call() {
      return EachContainer.tried(context, names, this::remove);
    }

    private void remove(String name) {
      try {
        control().remove(name, new ContainerControl.Removal(force, volumes));
        context.out().println(name);
      } catch (EngineException e) {
        if (!force || context.engine().containers().exists(name)) {
          throw e;
        }
        context.complain(e);
      }
    }
  }
}
