package io.jcompose.cli;

import io.jcompose.compose.canon.ConfigPrinter;
import io.jcompose.compose.load.LoadOptions;
import io.jcompose.compose.load.Loaded;
import io.jcompose.compose.load.Origin;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImagePins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "config",
    aliases = "convert",
    description = "Shows what the Compose files mean, in canonical form.",
    sortOptions = false)
final class ConfigCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "SERVICE", description = "Only these")
  List<String> services = new ArrayList<>();

  @Option(names = "--format", paramLabel = "FORMAT", description = "yaml or json. Default: yaml")
  String format;

  @Option(
      names = "--why",
      paramLabel = "PATH",
      description = "Shows where a value came from, such as services.web.environment.DB_URL")
  String why;

  @Option(names = "--security", description = "Shows which settings loosen the confinement of which services")
  boolean security;

  @Option(names = "--services", description = "Shows names of services only")
  boolean listServices;

  @Option(names = "--volumes", description = "Shows names of volumes only")
  boolean listVolumes;

  @Option(names = "--networks", description = "Shows names of networks only")
  boolean listNetworks;

  @Option(names = "--images", description = "Shows names of images only")
  boolean listImages;

  @Option(names = "--models", description = "Shows names of models only")
  boolean listModels;

  @Option(names = "--variables", description = "Shows the variables that the files use, and their defaults")
  boolean listVariables;

  @Option(names = "--environment", description = "Shows the variables that the files are interpolated with")
  boolean listEnvironment;

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

  @Option(names = "--resolve-image-digests", description = "Names images by the digests that the local store has")
  boolean resolveDigests;

  @Option(names = "--lock-image-digests", description = "Writes an override file that has only these digests")
  boolean lockDigests;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help")
  boolean help;

  ConfigCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String text = text();
    if (quiet) {
      return 0;
    }
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

  private String text() {
    if (why != null) {
      List<Origin> origins = load().origins().of(why);
      return "json".equals(format)
          ? OriginText.json(origins) + "\n"
          : OriginText.text(origins, context.style(context.out()));
    }
    if (security) {
      Project project = load().project();
      return "json".equals(format)
          ? SecurityText.json(project)
          : SecurityText.text(project, context.style(context.out()));
    }
    if (listVariables) {
      noInterpolate = true;
      return ConfigLists.variables(load().tree(), format);
    }
    if (listEnvironment) {
      return ConfigLists.environment(load().environment());
    }
    if (hash != null) {
      return ConfigLists.hashes(load().project(), hash);
    }
    if (listServices || listVolumes || listNetworks || listImages || listProfiles || listModels) {
      noEnvResolution = true;
      return names(load());
    }
    return whole(load());
  }

  private Loaded load() {
    return new ProjectSource(context).load(omitted(), services);
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

  private String names(Loaded loaded) {
    MapNode tree = loaded.tree(services);
    if (listServices) {
      return ConfigLists.services(tree);
    }
    if (listVolumes) {
      return ConfigLists.keys(tree, "volumes");
    }
    if (listNetworks) {
      return ConfigLists.keys(tree, "networks");
    }
    if (listModels) {
      return ConfigLists.models(tree);
    }
    return listImages ? ConfigLists.images(tree, loaded.name()) : ConfigLists.profiles(loaded.project());
  }

  private String whole(Loaded loaded) {
    MapNode tree = loaded.tree(services);
    if (resolveDigests || lockDigests) {
      tree = PinnedTree.of(tree, pins(), lockDigests);
    }
    boolean escape = !noInterpolate;
    return switch (format == null ? "yaml" : format) {
      case "json" -> ConfigPrinter.json(tree, escape);
      case "yaml" -> ConfigPrinter.yaml(tree, escape);
      default -> throw new EngineException("unsupported format \"" + format + "\": yaml or json");
    };
  }

  private ImagePins pins() {
    if (context.hasEngine()) {
      return context.engine().imagePins();
    }
    String root = context.invocation().environment().getOrDefault("JCOMPOSE_ROOT", "/var/lib/jcompose");
    return ImagePins.of(Path.of(root));
  }
}
