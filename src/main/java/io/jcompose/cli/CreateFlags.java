package io.jcompose.cli;

import io.jcompose.compose.model.Project;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.StandaloneRequest;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code container run} and {@code container create} have in common: the flags that say what is made. */
final class CreateFlags {
  static final int FAILED = 125;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

  @Option(names = "--name", paramLabel = "NAME", description = "Its name. Default: a random one")
  String name;

  @Option(names = "--rm", description = "Removes it, and its anonymous volumes, when it has ended")
  boolean remove;

  @Option(names = "--pull", paramLabel = "WHEN", description = "Pulls the image: always, missing, never. Default: missing")
  String pull = "missing";

  @Option(names = "--platform", paramLabel = "PLATFORM", description = "The image's platform, such as linux/arm64")
  String platform;

  @Option(names = "--cidfile", paramLabel = "FILE", description = "Writes its id to a new file")
  String cidFile;

  @Option(names = {"-q", "--quiet"}, description = "Shows no progress of the pull")
  boolean quiet;

  @Mixin ProcessFlags process;
  @Mixin NetworkFlags network;
  @Mixin StorageFlags storage;
  @Mixin ResourceFlags resources;
  @Mixin ConfinementFlags confinement;
  @Mixin HealthFlags health;

  @Option(names = "--help", usageHelp = true, description = "Shows this help")
  boolean help;

  /**
   * Makes the container, and what is missing for it.
   *
   * @param inputOnce whether its standard input ends with that of the first caller who is joined to it
   * @return its id
   */
  String create(CommandContext context, String image, List<String> command, boolean inputOnce) {
    check();
    CidFile file = CidFile.reserve(context.invocation().directory(), cidFile);
    String id;
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      id =
          context.engine().standalone().create(
              request(context, image, command, inputOnce), progress, context.invocation().cancellation());
    } catch (RuntimeException e) {
      file.discard();
      throw e;
    }
    file.write(id);
    return id;
  }

  private void check() {
    if (name != null && !NAME.matcher(name).matches()) {
      throw new EngineException(
          "--name " + name + ": a name is made of letters, digits, _ . and -, and begins with a letter or digit",
          FAILED, null);
    }
    if (!List.of("always", "missing", "never").contains(pull)) {
      throw new EngineException("--pull " + pull + ": it is one of always, missing, never", FAILED, null);
    }
    if (remove && process.restart != null && !process.restart.equals("no")) {
      throw new EngineException("--rm and --restart exclude each other", FAILED, null);
    }
  }

  private StandaloneRequest request(
      CommandContext context, String image, List<String> command, boolean inputOnce) {
    String own = name == null ? RandomName.next() : name;
    FlagDocument document = new FlagDocument(own);
    document.put("image", "IMAGE", image);
    document.put("platform", "--platform", platform);
    process.write(document, command);
    network.write(document);
    storage.write(document);
    resources.write(document);
    confinement.write(document);
    health.write(document);
    Project project = document.load(context.invocation(), FAILED).nameless();
    return new StandaloneRequest(
        project, pull, network.publishAll, remove, inputOnce, context.invocation().environment());
  }
}
