package io.jcompose.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.ContainerView;
import io.jcompose.engine.EngineStatus;
import io.jcompose.engine.HostSummary;
import io.jcompose.plan.ContainerState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "info", description = "Shows what the engine has and what it runs on.", sortOptions = false)
final class InfoCommand implements Callable<Integer> {
  private final CommandContext context;

  @Option(names = {"-f", "--format"}, paramLabel = "FORMAT", description = "json, or a template")
  String format = "";

  InfoCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ObjectNode info = info(context.engine().status(), HostSummary.read());
    if (format.equals("json")) {
      context.out().println(info.toString());
    } else {
      context.out().print(format.isEmpty() ? text(info) : ListFormat.inspect(format, List.of(info)));
    }
    return 0;
  }

  /** With the names that Docker's tools have for it. */
  private ObjectNode info(EngineStatus engine, HostSummary host) {
    Map<ContainerState, Long> states = new TreeMap<>(
        context.engine().containers().all().stream()
            .collect(Collectors.groupingBy(ContainerView::state, Collectors.counting())));
    long paused = states.getOrDefault(ContainerState.PAUSED, 0L);
    ObjectNode info = ListFormat.row();
    info.put("Containers", engine.containers());
    info.put("ContainersRunning", engine.running() - paused);
    info.put("ContainersPaused", paused);
    info.put("ContainersStopped", engine.containers() - engine.running());
    info.put("Images", engine.images());
    info.put("Driver", "overlay2");
    info.put("LoggingDriver", "local");
    info.put("CgroupDriver", "cgroupfs");
    info.put("CgroupVersion", engine.cgroups().replaceAll("\\D", ""));
    info.put("KernelVersion", host.kernel());
    info.put("OperatingSystem", host.system());
    info.put("OSType", "linux");
    info.put("Architecture", host.machine());
    info.put("NCPU", host.processors());
    info.put("MemTotal", host.memory());
    info.put("DockerRootDir", engine.root());
    info.put("Name", host.name());
    info.put("ServerVersion", Installation.version());
    info.put("SystemTime", Instant.now().toString());
    return info;
  }

  private static String text(ObjectNode info) {
    double gibibytes = info.get("MemTotal").asLong() / (double) (1L << 30);
    String[][] lines = {
      {"Containers", info.get("Containers").asText()},
      {" Running", info.get("ContainersRunning").asText()},
      {" Paused", info.get("ContainersPaused").asText()},
      {" Stopped", info.get("ContainersStopped").asText()},
      {"Images", info.get("Images").asText()},
      {"Server Version", info.get("ServerVersion").asText()},
      {"Storage Driver", info.get("Driver").asText()},
      {"Logging Driver", info.get("LoggingDriver").asText()},
      {"Cgroup Driver", info.get("CgroupDriver").asText()},
      {"Cgroup Version", info.get("CgroupVersion").asText()},
      {"Kernel Version", info.get("KernelVersion").asText()},
      {"Operating System", info.get("OperatingSystem").asText()},
      {"OSType", info.get("OSType").asText()},
      {"Architecture", info.get("Architecture").asText()},
      {"CPUs", info.get("NCPU").asText()},
      {"Total Memory", String.format(Locale.ROOT, "%.4gGiB", gibibytes)},
      {"Name", info.get("Name").asText()},
      {"Root Dir", info.get("DockerRootDir").asText()},
    };
    StringBuilder text = new StringBuilder("Server:\n");
    for (String[] line : lines) {
      text.append(' ').append(line[0]).append(": ").append(line[1]).append('\n');
    }
    return text.toString();
  }
}
