package io.jcompose.cli;

import io.jcompose.engine.BuiltImage;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.ImageBuildRequest;
import io.jcompose.engine.ImageTransfers;
import io.jcompose.linux.Fd;
import io.jcompose.linux.FdStreams;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags of {@code docker build}. Those that only other builders have a use for are taken and do nothing. */
@Command(name = "build", description = "Builds an image from a Dockerfile.", sortOptions = false)
final class ImageBuildCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(paramLabel = "PATH|URL|-", description = "Where the files are: a folder, a repository or archive, standard input")
  String source;

  @Option(names = {"-t", "--tag"}, paramLabel = "NAME", description = "A name for the image")
  List<String> tags = new ArrayList<>();

  @Option(names = {"-f", "--file"}, defaultValue = "", paramLabel = "FILE", description = "The Dockerfile; - is standard input")
  String file;

  @Option(names = "--target", defaultValue = "", paramLabel = "STAGE", description = "Builds up to this stage")
  String target;

  @Option(names = "--build-arg", paramLabel = "NAME=VALUE", description = "Sets a build argument")
  List<String> buildArgs = new ArrayList<>();

  @Option(names = "--build-context", paramLabel = "NAME=SOURCE", description = "A further context: folder, address, docker-image://NAME, oci-layout://FOLDER:TAG")
  List<String> contexts = new ArrayList<>();

  @Option(names = "--secret", paramLabel = "id=ID[,src=FILE|,env=NAME]", description = "A secret for steps that mount it")
  List<String> secrets = new ArrayList<>();

  @Option(names = "--ssh", paramLabel = "default|ID[=SOCKET|KEY,…]", description = "An SSH agent, or keys, for steps that mount it")
  List<String> ssh = new ArrayList<>();

  @Option(names = "--label", paramLabel = "NAME=VALUE", description = "A label of the image")
  List<String> labels = new ArrayList<>();

  @Option(names = "--annotation", paramLabel = "[manifest:]NAME=VALUE", description = "An annotation of the image's manifest")
  List<String> annotations = new ArrayList<>();

  @Option(names = "--no-cache", description = "Runs every step again")
  boolean noCache;

  @Option(names = "--no-cache-filter", split = ",", paramLabel = "STAGE", description = "Runs the steps of these stages again")
  List<String> noCacheFilter = new ArrayList<>();

  @Option(names = "--pull", description = "Pulls base images again")
  boolean pull;

  @Option(names = "--platform", defaultValue = "", paramLabel = "OS/ARCH", description = "The image's platform: this machine's")
  String platform;

  @Option(names = "--network", defaultValue = "", description = "Of RUN steps: default, none or host")
  String network;

  @Option(names = "--add-host", paramLabel = "NAME:ADDRESS", description = "A line of /etc/hosts for RUN steps")
  List<String> hosts = new ArrayList<>();

  @Option(names = "--shm-size", defaultValue = "", paramLabel = "BYTES", description = "Size of /dev/shm for RUN steps")
  String shmSize;

  @Option(names = "--ulimit", paramLabel = "NAME=SOFT[:HARD]", description = "A limit for RUN steps")
  List<String> ulimits = new ArrayList<>();

  @Option(names = "--allow", split = ",", paramLabel = "ENTITLEMENT", description = "Grants network.host or security.insecure")
  List<String> allowed = new ArrayList<>();

  @Option(names = "--cache-from", paramLabel = "IMAGE|type=TYPE[,…]", description = "A cache to learn from: registry (an image), local (src=FOLDER)")
  List<String> cacheFrom = new ArrayList<>();

  @Option(names = "--cache-to", paramLabel = "type=TYPE[,…]", description = "A cache to write: registry (ref=IMAGE), local (dest=FOLDER), inline; mode=max: of all stages")
  List<String> cacheTo = new ArrayList<>();

  @Option(names = "--iidfile", defaultValue = "", paramLabel = "FILE", description = "Writes the image's id there")
  String idFile;

  @Option(names = "--metadata-file", defaultValue = "", paramLabel = "FILE", description = "Writes the result's digests there, as JSON")
  String metadataFile;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER|type=TYPE[,dest=PATH]",
      description = "Where the result goes instead of the store: local (a folder), tar, oci, docker; image, registry")
  List<String> outputs = new ArrayList<>();

  @Option(names = "--load", description = "Keeps the image in the store, too, whatever --output says")
  boolean load;

  @Option(names = {"-q", "--quiet"}, description = "Shows nothing but the image's id")
  boolean quiet;

  @Option(names = "--push", description = "Sends the image to its registry afterwards")
  boolean push;

  @Option(names = "--progress", defaultValue = "", description = "auto, plain, tty or quiet")
  String progressKind;

  @Option(names = "--check", description = "Looks for what is not wise in the Dockerfile, and builds nothing")
  boolean check;

  @Option(
      names = "--call",
      defaultValue = "build",
      paramLabel = "METHOD",
      description = "Asks in place of building: check, outline (what the build takes), targets (its stages); ,format=json")
  String call;

  @Option(names = {"--isolation", "--builder", "-m", "--memory", "--memory-swap",
      "--cpu-period", "--cpu-quota", "-c", "--cpu-shares", "--cpuset-cpus", "--cpuset-mems", "--cgroup-parent",
      "--security-opt", "--attest"}, hidden = true)
  List<String> ignored = new ArrayList<>();

  @Option(names = {"--rm", "--force-rm", "--compress", "-D", "--debug", "--disable-content-trust"}, hidden = true, arity = "0..1")
  List<Boolean> ignoredFlags = new ArrayList<>();

  @Option(names = {"--provenance", "--sbom"}, hidden = true, arity = "0..1", fallbackValue = "true")
  List<String> ignoredAttestations = new ArrayList<>();

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  ImageBuildCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    BuildCall asked = BuildCall.parse(spec, check ? "check" : call);
    Choice.check(spec, "--network", network, List.of("", "default", "none", "host"));
    new BuildFlags(context.invocation()).progress(spec, progressKind).ifPresent(kind -> context.options().progress = kind);
    BuildOutputs results = new BuildOutputs(context, outputs, tags);
    tags = results.tags();
    ImageBuildRequest request = request();
    var invocation = context.invocation();
    if (!asked.builds()) {
      return asked.run(context, request);
    }
    boolean pushes = push || results.pushes();
    boolean kept = load || pushes || results.keeps();
    results.check(pushes);
    try (ProgressView progress = quiet ? ProgressView.quiet(context) : ProgressView.of(context)) {
      BuiltImage image =
          context.engine().builds().build(
              request,
              kept,
              invocation.environment(),
              progress,
              invocation.cancellation(),
              results::write);
      String digest = pushes ? push(progress) : image.digest();
      tell(image, results, kept, digest);
    }
    return 0;
  }

  /** Sends the image by all its names; returns the digest that the registry knows it by. */
  private String push(ProgressView progress) {
    ImageTransfers.Call call =
        new ImageTransfers.Call(context.invocation().environment(), progress, context.invocation().cancellation());
    String digest = "";
    for (String tag : tags) {
      digest = context.engine().images().transfers().push(tag, call).digest();
    }
    return digest;
  }

  private void tell(BuiltImage image, BuildOutputs results, boolean kept, String digest) {
    Path folder = context.invocation().directory();
    if (!idFile.isEmpty()) {
      BuildOutputs.writeText(folder.resolve(idFile), image.id());
    }
    if (!metadataFile.isEmpty()) {
      BuildOutputs.writeText(folder.resolve(metadataFile), results.metadata(image, kept, digest).toPrettyString() + "\n");
    }
    if (quiet && !results.takesStandardOutput()) {
      context.out().println(image.id());
    }
  }

  private ImageBuildRequest request() {
    BuildFlags flags = new BuildFlags(context.invocation());
    Map<String, String> named = new HashMap<>();
    contexts.forEach(
        each -> {
          int equals = each.indexOf('=');
          if (equals <= 0) {
            throw new EngineException("--build-context " + each + ": write NAME=SOURCE");
          }
          String from = each.substring(equals + 1);
          boolean address = from.contains("://") || from.startsWith("git@") || from.startsWith("github.com/");
          named.put(each.substring(0, equals), address ? from : flags.path(from).toString());
        });
    Map<String, String> labelled = new HashMap<>();
    labels.forEach(
        each -> {
          int equals = each.indexOf('=');
          labelled.put(equals < 0 ? each : each.substring(0, equals), equals < 0 ? "" : each.substring(equals + 1));
        });
    Set<String> fresh = new HashSet<>();
    noCacheFilter.forEach(stage -> fresh.add(stage.toLowerCase(java.util.Locale.ROOT)));
    return new ImageBuildRequest(
        context.invocation().directory(),
        source,
        file,
        this::input,
        target,
        flags.arguments(buildArgs),
        named,
        flags.secrets(secrets),
        flags.ssh(ssh),
        labelled,
        flags.annotations(annotations),
        tags,
        noCache,
        fresh,
        pull,
        platform,
        network,
        hosts,
        shmSize.isEmpty() ? 0 : Bytes.parse("--shm-size", shmSize),
        ulimits,
        allowed,
        cacheFrom,
        cacheTo);
  }

  private InputStream input() {
    Optional<Fd> input = context.invocation().stdio().getFirst();
    return FdStreams.input(
        input.orElseThrow(
            () -> new EngineException("nothing comes on standard input; give a folder, or a pipe for \"-\"")));
  }
}
