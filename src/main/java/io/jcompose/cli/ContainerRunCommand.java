package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.StreamOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "run", description = "Makes a container from an image and runs a command in it.", sortOptions = false)
final class ContainerRunCommand implements Callable<Integer>, RunsProgram, Reusable {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "What it is made from; pulled if missing")
  String image;

  @Parameters(index = "1..*", paramLabel = "COMMAND", description = "In place of the image's command")
  List<String> command = new ArrayList<>();

  @Option(names = {"-d", "--detach"}, description = "Leaves it running in the background, and prints its id")
  boolean detach;

  @Option(names = {"-a", "--attach"}, paramLabel = "STREAM", description = "Joins stdin, stdout or stderr only")
  List<String> attach = new ArrayList<>();

  @Option(names = "--detach-keys", paramLabel = "KEYS", description = "Keys that leave it running. Default: ctrl-p,ctrl-q")
  String detachKeys = "ctrl-p,ctrl-q";

  @Option(
      names = "--sig-proxy", arity = "0..1", fallbackValue = "true", defaultValue = "true",
      description = "Hands signals on to it. Default: true")
  boolean signals;

  @Mixin CreateFlags flags;

  ContainerRunCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    StreamOptions streams = streams();
    if (detach && !attach.isEmpty()) {
      throw new EngineException("-d and -a exclude each other", CreateFlags.FAILED, null);
    }
    if (!detach && flags.process.tty && streams.input() && !context.invocation().inputIsTerminal()) {
      throw new EngineException(
          "cannot attach stdin to a TTY-enabled container because stdin is not a terminal; leave -t out", 1, null);
    }
    return Failing.with(
        CreateFlags.FAILED,
        () -> {
          String id = flags.create(context, image, command, streams.input() && !detach);
          if (!detach) {
            return context.engine().standalone().startAttached(id, streams, context.invocation());
          }
          context.warn(context.engine().standalone().start(id));
          context.out().println(id);
          return 0;
        });
  }

  private StreamOptions streams() {
    List<String> only = attach.stream().map(stream -> stream.toLowerCase(Locale.ROOT)).toList();
    for (String stream : only) {
      if (!List.of("stdin", "stdout", "stderr").contains(stream)) {
        throw new EngineException(
            "-a " + stream + ": the streams are stdin, stdout and stderr", CreateFlags.FAILED, null);
      }
    }
    boolean all = only.isEmpty();
    return new StreamOptions(
        flags.process.interactive && (all || only.contains("stdin")), all || only.contains("stdout"),
        all || only.contains("stderr"), detachKeys, signals && !flags.process.tty, false);
  }
}
