package io.jcompose.build;

import io.jcompose.image.ImageReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What is to be built. A value: {@code with…} gives a changed one.
 *
 * <p>{@link #of} has the defaults, which are: the Dockerfile of the folder, its last stage, no
 * arguments, secrets, labels or names, the cache in use, a network for RUN steps.
 */
public final class BuildRequest {
  /** Something that a step may do only if the caller says so. */
  public enum Entitlement {
    NETWORK_HOST("network.host"),
    SECURITY_INSECURE("security.insecure");

    private final String text;

    Entitlement(String text) {
      this.text = text;
    }

    /** As {@code --allow} and {@code entitlements} write it. */
    public String text() {
      return text;
    }
  }

  private BuildFiles files;
  private Path dockerfile;
  private Optional<String> inline = Optional.empty();
  private Optional<String> target = Optional.empty();
  private Map<String, String> args = Map.of();
  private Map<String, NamedContext> contexts = Map.of();
  private Map<String, Supplier<byte[]>> secrets = Map.of();
  private Map<String, Path> ssh = Map.of();
  private Map<String, String> labels = Map.of();
  private Map<String, String> annotations = Map.of();
  private List<ImageReference> tags = List.of();
  private boolean noCache;
  private Set<String> noCacheStages = Set.of();
  private Optional<String> platform = Optional.empty();
  private RunSettings run = RunSettings.DEFAULT;
  private Optional<Long> sourceDateEpoch = Optional.empty();
  private List<CacheImport> cacheImports = List.of();
  private List<CacheExport> cacheExports = List.of();
  private boolean inlineCache;
  private BaseImages baseImages;
  private RemoteFiles remote = RemoteFiles.NONE;
  private BuildListener listener = BuildListener.NONE;
  private Cancellation cancellation = Cancellation.NEVER;

  private BuildRequest(BuildFiles files, Path dockerfile, BaseImages baseImages) {
    this.files = files;
    this.dockerfile = dockerfile;
    this.baseImages = baseImages;
  }

  /** A build of {@code context} with its {@code Dockerfile} and nothing else asked for. */
  public static BuildRequest of(Path context, BaseImages baseImages) {
    return new BuildRequest(new BuildFiles.Folder(context), context.resolve("Dockerfile"), baseImages);
  }

  /** A build of files from elsewhere; {@link #withDockerfile} is relative to them. */
  public static BuildRequest of(BuildFiles files, BaseImages baseImages) {
    return new BuildRequest(files, Path.of("Dockerfile"), baseImages);
  }

  private BuildRequest with(Consumer<BuildRequest> change) {
    BuildRequest copy = new BuildRequest(files, dockerfile, baseImages);
    copy.inline = inline;
    copy.target = target;
    copy.args = args;
    copy.contexts = contexts;
    copy.secrets = secrets;
    copy.ssh = ssh;
    copy.labels = labels;
    copy.annotations = annotations;
    copy.tags = tags;
    copy.noCache = noCache;
    copy.noCacheStages = noCacheStages;
    copy.platform = platform;
    copy.run = run;
    copy.sourceDateEpoch = sourceDateEpoch;
    copy.cacheImports = cacheImports;
    copy.cacheExports = cacheExports;
    copy.inlineCache = inlineCache;
    copy.remote = remote;
    copy.listener = listener;
    copy.cancellation = cancellation;
    change.accept(copy);
    return copy;
  }

  /** Absolute path of the Dockerfile, relative for files from elsewhere; ignored when {@link #inline} is given. */
  public BuildRequest withDockerfile(Path file) {
    return with(copy -> copy.dockerfile = file);
  }

  /** A Dockerfile's text. */
  public BuildRequest withInline(String text) {
    return with(copy -> copy.inline = Optional.of(text));
  }

  /** Name or number of the stage to build. */
  public BuildRequest withTarget(String stage) {
    return with(copy -> copy.target = Optional.of(stage));
  }

  public BuildRequest withArgs(Map<String, String> values) {
    return with(copy -> copy.args = Map.copyOf(values));
  }

  /** Further sources of files and images, by name. */
  public BuildRequest withContexts(Map<String, NamedContext> named) {
    return with(copy -> copy.contexts = Map.copyOf(named));
  }

  /** Content by id, asked for only by the steps that mount it. */
  public BuildRequest withSecrets(Map<String, Supplier<byte[]>> values) {
    return with(copy -> copy.secrets = Map.copyOf(values));
  }

  /** Sockets of SSH agents by id. */
  public BuildRequest withSsh(Map<String, Path> agents) {
    return with(copy -> copy.ssh = Map.copyOf(agents));
  }

  public BuildRequest withLabels(Map<String, String> values) {
    return with(copy -> copy.labels = Map.copyOf(values));
  }

  /** Of the image's manifest (OCI image specification, "Annotations"). */
  public BuildRequest withAnnotations(Map<String, String> values) {
    return with(copy -> copy.annotations = Map.copyOf(values));
  }

  /** Names for the image. */
  public BuildRequest withTags(List<ImageReference> names) {
    return with(copy -> copy.tags = List.copyOf(names));
  }

  /** Runs every step anew. */
  public BuildRequest withNoCache(boolean anew) {
    return with(copy -> copy.noCache = anew);
  }

  /** Stages whose steps are run anew. */
  public BuildRequest withNoCacheStages(Set<String> stages) {
    return with(copy -> copy.noCacheStages = Set.copyOf(stages));
  }

  /** {@code os/architecture[/variant]}; has to be this machine's. */
  public BuildRequest withPlatform(String wanted) {
    return with(copy -> copy.platform = Optional.of(wanted));
  }

  public BuildRequest withRun(RunSettings settings) {
    return with(copy -> copy.run = settings);
  }

  /** Seconds: creation time of the image, and no file in a layer is newer. */
  public BuildRequest withSourceDateEpoch(long seconds) {
    return with(copy -> copy.sourceDateEpoch = Optional.of(seconds));
  }

  /** Caches from elsewhere that the build may take steps from; nothing of them gets into the own cache. */
  public BuildRequest withCacheImports(List<CacheImport> caches) {
    return with(copy -> copy.cacheImports = List.copyOf(caches));
  }

  /** Places that get what the steps came to. */
  public BuildRequest withCacheExports(List<CacheExport> places) {
    return with(copy -> copy.cacheExports = List.copyOf(places));
  }

  /** Notes in the image what its steps came to, so that it is a cache for other builds. */
  public BuildRequest withInlineCache(boolean noted) {
    return with(copy -> copy.inlineCache = noted);
  }

  /** How URLs and repositories are fetched. */
  public BuildRequest withRemote(RemoteFiles files) {
    return with(copy -> copy.remote = files);
  }

  public BuildRequest withListener(BuildListener hears) {
    return with(copy -> copy.listener = hears);
  }

  public BuildRequest withCancellation(Cancellation asks) {
    return with(copy -> copy.cancellation = asks);
  }

  BuildFiles files() {
    return files;
  }

  Path dockerfile() {
    return dockerfile;
  }

  Optional<String> inline() {
    return inline;
  }

  Optional<String> target() {
    return target;
  }

  Map<String, String> args() {
    return args;
  }

  Map<String, NamedContext> contexts() {
    return contexts;
  }

  Map<String, Supplier<byte[]>> secrets() {
    return secrets;
  }

  Map<String, Path> ssh() {
    return ssh;
  }

  Map<String, String> labels() {
    return labels;
  }

  Map<String, String> annotations() {
    return annotations;
  }

  List<ImageReference> tags() {
    return tags;
  }

  boolean noCache() {
    return noCache;
  }

  Set<String> noCacheStages() {
    return noCacheStages;
  }

  Optional<String> platform() {
    return platform;
  }

  RunSettings run() {
    return run;
  }

  /** As asked for, or as the argument of this name says. */
  Optional<Long> sourceDateEpoch() {
    return sourceDateEpoch.or(
        () ->
            Optional.ofNullable(args.get("SOURCE_DATE_EPOCH"))
                .filter(text -> text.matches("[0-9]{1,15}"))
                .map(Long::parseLong));
  }

  List<CacheImport> cacheImports() {
    return cacheImports;
  }

  List<CacheExport> cacheExports() {
    return cacheExports;
  }

  /** As asked for, or as the argument of BuildKit's says. */
  boolean inlineCache() {
    return inlineCache || args.getOrDefault("BUILDKIT_INLINE_CACHE", "").equals("1");
  }

  BaseImages baseImages() {
    return baseImages;
  }

  RemoteFiles remote() {
    return remote;
  }

  BuildListener listener() {
    return listener;
  }

  Cancellation cancellation() {
    return cancellation;
  }
}
