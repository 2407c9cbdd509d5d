package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Progress;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "cp",
    description = "Copies files between a service's containers, running or not, and the caller; - is a tar archive.",
    sortOptions = false)
final class CpCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(index = "0", paramLabel = "SOURCE", description = "SERVICE:PATH, a path, or -")
  String source;

  @Parameters(index = "1", paramLabel = "DESTINATION", description = "SERVICE:PATH, a path, or -")
  String destination;

  @Mixin CopyFlags flags = new CopyFlags();

  @Option(names = "--index", paramLabel = "N", description = "Only this container of the service")
  int index;

  @Option(names = "--all", description = "Includes containers made by \"run\"")
  boolean all;

  CpCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    CopyArgument from = CopyArgument.parse(source);
    CopyArgument to = CopyArgument.parse(destination);
    if (from.local() == to.local()) {
      throw new EngineException(
          from.local() ? "unknown copy direction: one of the two is SERVICE:PATH" : "copying between services is not supported");
    }
    List<ContainerView> containers = containers(from.local() ? to.owner() : from.owner());
    if (from.stream() && containers.size() > 1) {
      throw new EngineException("standard input can be read once only; name one container with --index");
    }
    try (ProgressView progress = ProgressView.of(context)) {
      for (ContainerView container : from.local() ? containers : containers.subList(0, 1)) {
        copy(container, from, to, progress);
      }
    }
    return 0;
  }

  private void copy(ContainerView container, CopyArgument from, CopyArgument to, Progress progress) {
    FileCopy copy = new FileCopy(context, flags.options());
    String what = "copy " + from + " to " + to;
    progress.step("Container", container.name(), Progress.Phase.WORKING, "Copying", what);
    try {
      if (from.local()) {
        copy.in(from, container.id(), to.path());
      } else {
        copy.out(container.id(), from.path(), to);
      }
    } catch (EngineException e) {
      progress.step("Container", container.name(), Progress.Phase.FAILED, "Error", what);
      throw e;
    }
    progress.step("Container", container.name(), Progress.Phase.DONE, "Copied", what);
  }

  private List<ContainerView> containers(String service) {
    List<ContainerView> found =
        new ContainerChoice(context).of(List.of(service)).stream()
            .filter(c -> c.number() > 0 || all)
            .filter(c -> index == 0 || c.number() == index)
            .sorted(Comparator.comparingInt(ContainerView::number))
            .toList();
    if (found.isEmpty()) {
      throw new EngineException("no container found for service \"" + service + "\"" + (index == 0 ? "" : " at index " + index));
    }
    return found;
  }
}
