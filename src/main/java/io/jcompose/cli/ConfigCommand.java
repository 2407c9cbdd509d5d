package io.jcompose.cli;

import io.jcompose.compose.canon.ConfigPrinter;
import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.Loaded;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "config",
    description = "Shows what the Compose files mean, in canonical form.",
    sortOptions = false)
final class ConfigCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only these")
  List<String> services = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "yaml or json. Default: yaml")
  String format = "yaml";

  @Option(names = "--services", description = "Shows names of services only")
  boolean listServices;

  @Option(names = "--volumes", description = "Shows names of volumes only")
  boolean listVolumes;

  @Option(names = "--networks", description = "Shows names of networks only")
  boolean listNetworks;

  @Option(names = "--images", description = "Shows names of images only")
  boolean listImages;

  @Option(names = "--profiles", description = "Shows names of profiles only")
  boolean listProfiles;

  @Option(names = "--hash", paramLabel = "SERVICES", description = "Shows the hash of services; \"*\": all")
  String hash;

  @Option(names = {"-q", "--quiet"}, description = "Checks only")
  boolean quiet;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE", description = "Writes to a file")
  Path output;

  @Option(names = "--no-interpolate", description = "Leaves variables as they are")
  boolean noInterpolate;

  @Option(names = "--no-normalize", description = "Adds no defaults")
  boolean noNormalize;

  @Option(names = "--no-path-resolution", description = "Leaves paths relative")
  boolean noPathResolution;

  @Option(names = "--no-consistency", description = "Doesn't check references")
  boolean noConsistency;

  @Option(names = "--no-env-resolution", description = "Leaves env_file files out")
  boolean noEnvResolution;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  ConfigCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Loaded loaded = new ProjectSource(context).load(omitted(), services);
    if (quiet) {
      return 0;
    }
    String text = text(loaded);
    if (output == null) {
      context.out().print(text);
      return 0;
    }
    try {
      Files.writeString(context.invocation().directory().resolve(output), text);
    } catch (IOException e) {
      throw new EngineException("cannot write " + output + ": " + e.getMessage(), e);
    }
    return 0;
  }

  private Set<LoadOptions.Step> omitted() {
    Set<LoadOptions.Step> steps = EnumSet.noneOf(LoadOptions.Step.class);
    omit(steps, noInterpolate, LoadOptions.Step.INTERPOLATION);
    omit(steps, noNormalize, LoadOptions.Step.NORMALIZATION);
    omit(steps, noPathResolution, LoadOptions.Step.PATH_RESOLUTION);
    omit(steps, noConsistency, LoadOptions.Step.CONSISTENCY);
    omit(steps, noEnvResolution, LoadOptions.Step.ENVIRONMENT);
    return steps;
  }

  private static void omit(Set<LoadOptions.Step> steps, boolean wanted, LoadOptions.Step step) {
    if (wanted) {
      steps.add(step);
    }
  }

  private String text(Loaded loaded) {
    boolean lists = listServices || listVolumes || listNetworks || listImages || listProfiles;
    return lists || hash != null ? names(loaded.project()) : whole(loaded);
  }

  private String names(Project project) {
    if (listServices) {
      return lines(project.services().keySet());
    }
    if (listVolumes) {
      return lines(project.volumes().keySet());
    }
    if (listNetworks) {
      return lines(project.networks().keySet());
    }
    if (listImages) {
      return lines(
          project.services().values().stream()
              .map(s -> s.image().orElse(project.name() + "-" + s.name()))
              .toList());
    }
    if (listProfiles) {
      Set<String> profiles = new TreeSet<>();
      project.services().values().forEach(s -> profiles.addAll(s.profiles()));
      project.disabledServices().values().forEach(profiles::addAll);
      return lines(profiles);
    }
    return lines(
        project.services().values().stream()
            .filter(s -> hash.equals("*") || List.of(hash.split(",")).contains(s.name()))
            .map(s -> s.name() + " " + s.fingerprint().hash())
            .toList());
  }

  private String whole(Loaded loaded) {
    boolean escape = !noInterpolate;
    return switch (format) {
      case "json" -> ConfigPrinter.json(loaded.tree(services), escape);
      case "yaml" -> ConfigPrinter.yaml(loaded.tree(services), escape);
      default -> throw new EngineException("--format " + format + ": yaml or json", Commands.USAGE, null);
    };
  }

  private static String lines(Collection<String> names) {
    StringBuilder text = new StringBuilder();
    names.forEach(name -> text.append(name).append('\n'));
    return text.toString();
  }
}
