package io.jcompose.build;

import io.jcompose.build.StagePlan.Action;
import io.jcompose.build.StagePlan.Origin;
import io.jcompose.build.StagePlan.Step;
import io.jcompose.image.Layer;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs a RUN step: prepares its mounts, hands it to the runner, and tidies the upper directory. */
final class RunExecutor {
  private static final String AUTHORITIES = "/run/jcompose/authorities.pem";

  /** By these, programs and libraries are told of a bundle: OpenSSL, curl, node, Python, pip, git, cargo. */
  private static final List<String> AUTHORITIES_VARIABLES =
      List.of(
          "SSL_CERT_FILE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "PIP_CERT",
          "GIT_SSL_CAINFO", "CARGO_HTTP_CAINFO");
  private static final int LINES_IN_ERROR = 5;
  private static final long ALMOST_NOTHING = 1 << 20;
  private final LayerMaker maker;
  private final StepRunner runner;
  private final CacheMounts caches;
  private final BuildRequest request;
  private final BuildContext context;
  private final ScratchFiles scratch;
  private final Function<Origin, List<Layer>> layersOf;
  private final Cancellation cancellation;

  RunExecutor(
      LayerMaker maker,
      StepRunner runner,
      CacheMounts caches,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch,
      Function<Origin, List<Layer>> layersOf,
      Cancellation cancellation) {
    this.maker = maker;
    this.runner = runner;
    this.caches = caches;
    this.request = request;
    this.context = context;
    this.scratch = scratch;
    this.layersOf = layersOf;
    this.cancellation = cancellation;
  }

  Layer run(Step step, Action.Run run, List<Layer> stack) {
    BuildStep shown = step.shown().orElseThrow();
    List<AutoCloseable> taken = new ArrayList<>();
    try {
      List<String> env = new ArrayList<>(run.env());
      addProxies(env);
      List<StepMount> mounts = new ArrayList<>();
      addAuthorities(env, mounts);
      for (RunMount mount : inOrderOfLocks(run.mounts())) {
        prepare(mount, run, taken, env).ifPresent(mounts::add);
      }
      return maker.make(
          stack,
          shown.title(),
          area -> {
            try (Fd below = maker.roots().open(stack)) {
              List<String> targets =
                  mounts.stream().map(mount -> RawPath.of(mount.target())).toList();
              MountPoints points = new MountPoints(below, targets);
              execute(step, spec(shown, run, stack, area, env, mounts));
              try (Fd upper =
                  Fs.open(area.resolve("upper").toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
                points.removeFrom(upper);
              }
            }
          });
    } finally {
      giveBack(taken);
    }
  }

  /** Two steps that want the same two caches for themselves must not wait for each other. */
  private static List<RunMount> inOrderOfLocks(List<RunMount> mounts) {
    return mounts.stream()
        .sorted(Comparator.comparing(mount -> mount.type() == RunMount.Type.CACHE ? mount.id() : ""))
        .toList();
  }

  private static void giveBack(List<AutoCloseable> taken) {
    IllegalStateException failed = null;
    for (AutoCloseable each : taken) {
      try {
        each.close();
      } catch (Exception e) {
        if (failed == null) {
          failed = new IllegalStateException(e);
        } else {
          failed.addSuppressed(e);
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
  }

  private StepSpec spec(
      BuildStep shown,
      Action.Run run,
      List<Layer> stack,
      Path area,
      List<String> env,
      List<StepMount> mounts) {
    var store = maker.roots().store();
    return new StepSpec(
        shown.stage() + " " + shown.index() + "/" + shown.total(),
        store.layerDirs(stack),
        store.layers().dir(),
        area,
        run.argv(),
        List.copyOf(env),
        run.workingDir(),
        run.user(),
        List.copyOf(mounts),
        run.network(),
        request.run().extraHosts(),
        request.run().shmSize(),
        request.run().ulimits(),
        run.privileged());
  }

  private void execute(Step step, StepSpec spec) {
    BuildStep shown = step.shown().orElseThrow();
    Deque<String> last = new ArrayDeque<>();
    LineSplitter lines =
        new LineSplitter(
            line -> {
              last.addLast(line);
              if (last.size() > LINES_IN_ERROR) {
                last.removeFirst();
              }
              request.listener().output(shown, line);
            });
    int code;
    try {
      code = runner.run(spec, lines::write, cancellation);
    } catch (BuildException e) {
      throw e.orAt(step.at());
    }
    lines.end();
    if (cancellation.requested()) {
      throw new BuildException("the build was cancelled");
    }
    if (code != 0) {
      String output = last.isEmpty() ? "" : "\n    " + String.join("\n    ", last);
      throw BuildException.stepFailed(
          step.at().error("the command ended with exit code " + code + diskHint(spec)).getMessage()
              + output,
          code);
    }
  }

  /** Programs seldom say clearly that the disk is full. */
  private static String diskHint(StepSpec spec) {
    try {
      boolean full = Files.getFileStore(spec.layersDir()).getUsableSpace() < ALMOST_NOTHING;
      return full ? "; no space is left on the disk that holds the images" : "";
    } catch (IOException e) {
      return "; the disk that holds the images can't be read: " + e.getMessage();
    }
  }

  private void addProxies(List<String> env) {
    request
        .args()
        .forEach(
            (name, value) -> {
              boolean there = env.stream().anyMatch(entry -> entry.startsWith(name + "="));
              if (Platform.PROXIES.contains(name) && !there) {
                env.add(name + "=" + value);
              }
            });
  }

  /** The bundle of who runs the build, in a place that every step sees and no layer has. */
  private void addAuthorities(List<String> env, List<StepMount> mounts) {
    if (request.run().authorities().isEmpty()) {
      return;
    }
    mounts.add(
        new StepMount.Secret(request.run().authorities().get(), AUTHORITIES, 0444, 0, 0));
    for (String name : AUTHORITIES_VARIABLES) {
      if (env.stream().noneMatch(entry -> entry.startsWith(name + "="))) {
        env.add(name + "=" + AUTHORITIES);
      }
    }
  }

  private Optional<StepMount> prepare(
      RunMount mount, Action.Run run, List<AutoCloseable> taken, List<String> env) {
    String target = target(mount, run.workingDir());
    return switch (mount.type()) {
      case TMPFS -> Optional.of(new StepMount.Tmpfs(target, mount.size()));
      case SECRET -> secret(mount, target, env);
      case SSH -> agent(mount, target, taken, env);
      case CACHE -> {
        CacheMounts.Taken cache = caches.take(mount, folder -> seed(mount, run, folder), cancellation);
        taken.add(cache);
        yield Optional.of(new StepMount.Bind(cache.folder(), target, mount.readOnly()));
      }
      case BIND -> Optional.of(new StepMount.Bind(bound(mount, run), target, mount.readOnly()));
    };
  }

  private static String target(RunMount mount, String workingDir) {
    String path = mount.target();
    String clean = RawPath.clean(path.startsWith("/") ? path : workingDir + "/" + path);
    if (clean.isEmpty() && !mount.target().isEmpty()) {
      throw mount.at().error("a mount can't cover the root directory");
    }
    return "/" + clean;
  }

  private Optional<StepMount> secret(RunMount mount, String target, List<String> env) {
    var source = request.secrets().get(mount.id());
    if (source == null) {
      if (mount.required()) {
        throw mount
            .at()
            .error("the secret \"" + mount.id() + "\" is required, but was not given to the build");
      }
      return Optional.empty();
    }
    byte[] content = source.get();
    if (!mount.env().isEmpty()) {
      env.add(mount.env() + "=" + new String(content, java.nio.charset.StandardCharsets.UTF_8));
    }
    return mount.target().isEmpty()
        ? Optional.empty()
        : Optional.of(
            new StepMount.Secret(content, target, mount.mode(), mount.uid(), mount.gid()));
  }

  private Optional<StepMount> agent(
      RunMount mount, String target, List<AutoCloseable> taken, List<String> env) {
    Path agent = request.ssh().get(mount.id());
    if (agent == null) {
      if (mount.required()) {
        throw mount
            .at()
            .error(
                "the SSH agent \"" + mount.id() + "\" is required; give it to the build with --ssh "
                    + mount.id());
      }
      return Optional.empty();
    }
    ForwardedAgent forwarded = ForwardedAgent.open(agent, scratch.newFolder(), mount);
    taken.add(forwarded);
    env.add("SSH_AUTH_SOCK=" + target);
    return Optional.of(new StepMount.Bind(forwarded.socket(), target, false));
  }

  /** What a new cache begins with. */
  private void seed(RunMount mount, Action.Run run, Path folder) {
    Origin origin = run.origins().get(mount);
    if (origin != null) {
      copied(mount, origin, folder, "");
    }
  }

  /**
   * A copy of what is bound: what the step writes there is thrown away, and nothing can be swapped
   * under it.
   */
  private Path bound(RunMount mount, Action.Run run) {
    Path folder = scratch.newFolder();
    Origin origin = run.origins().get(mount);
    if (origin == null) {
      copy(mount, context.tree(), false, folder, "bound");
    } else {
      copied(mount, origin, folder, "bound");
    }
    return folder.resolve("bound");
  }

  private void copied(RunMount mount, Origin origin, Path folder, String name) {
    if (origin instanceof Origin.OfFolder named) {
      copy(mount, named.tree(), false, folder, name);
      return;
    }
    try (SourceTree tree =
        new SourceTree(maker.roots().open(layersOf.apply(origin)), IgnoreFile.NONE)) {
      copy(mount, tree, true, folder, name);
    }
  }

  private static void copy(
      RunMount mount, SourceTree tree, boolean keepsOwners, Path folder, String name) {
    String source = RawPath.clean(RawPath.of(mount.source()));
    Selection selection =
        CopySources.select(
            tree,
            List.of(new StagePlan.Pattern(source, 0, mount.at())),
            new CopySources.Taking(IgnoreFile.NONE, keepsOwners, Optional.empty(), false));
    try (Fd root = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Optional<Owner> owner = keepsOwners ? Optional.empty() : Optional.of(new Owner(0, 0));
      new Copier(new RootTree(root), owner, Optional.empty()).copy(selection, name, false, false);
    }
  }
}
