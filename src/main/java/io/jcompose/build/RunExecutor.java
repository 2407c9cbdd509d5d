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
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Runs a RUN step: prepares its mounts, hands it to the runner, and tidies the upper directory. */
final class RunExecutor {
  private static final int LINES_IN_ERROR = 5;
  private static final long ALMOST_NOTHING = 1 << 20;
  private final LayerMaker maker;
  private final StepRunner runner;
  private final CacheMounts caches;
  private final BuildRequest request;
  private final BuildContext context;
  private final ScratchFiles scratch;
  private final Function<Origin, List<Layer>> layersOf;

  RunExecutor(
      LayerMaker maker,
      StepRunner runner,
      CacheMounts caches,
      BuildRequest request,
      BuildContext context,
      ScratchFiles scratch,
      Function<Origin, List<Layer>> layersOf) {
    this.maker = maker;
    this.runner = runner;
    this.caches = caches;
    this.request = request;
    this.context = context;
    this.scratch = scratch;
    this.layersOf = layersOf;
  }

  Layer run(Step step, Action.Run run, List<Layer> stack) {
    BuildStep shown = step.shown().orElseThrow();
    List<CacheMounts.Taken> taken = new ArrayList<>();
    try {
      List<String> env = new ArrayList<>(run.env());
      addProxies(env);
      List<StepMount> mounts = new ArrayList<>();
      for (RunMount mount : run.mounts()) {
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
      taken.forEach(CacheMounts.Taken::close);
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
        request.extraHosts(),
        request.shmSize());
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
    int code = runner.run(spec, lines::write, request.cancellation());
    lines.end();
    if (request.cancellation().requested()) {
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

  private Optional<StepMount> prepare(
      RunMount mount, Action.Run run, List<CacheMounts.Taken> taken, List<String> env) {
    String target = target(mount, run.workingDir());
    return switch (mount.type()) {
      case TMPFS -> Optional.of(new StepMount.Tmpfs(target, mount.size()));
      case SECRET -> secret(mount, target, env);
      case CACHE -> {
        CacheMounts.Taken cache = caches.take(mount);
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

  /**
   * A copy of what is bound: what the step writes there is thrown away, and nothing can be swapped
   * under it.
   */
  private Path bound(RunMount mount, Action.Run run) {
    Path folder = scratch.newFolder();
    Origin origin = run.origins().get(mount);
    if (origin == null) {
      return copied(mount, context.tree(), false, folder);
    }
    try (SourceTree tree =
        new SourceTree(maker.roots().open(layersOf.apply(origin)), IgnoreFile.NONE)) {
      return copied(mount, tree, true, folder);
    }
  }

  private static Path copied(RunMount mount, SourceTree tree, boolean keepsOwners, Path folder) {
    String source = RawPath.clean(RawPath.of(mount.source()));
    Selection selection =
        CopySources.select(
            tree, List.of(source), mount.at(), IgnoreFile.NONE, keepsOwners, Optional.empty());
    try (Fd root = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Optional<Owner> owner = keepsOwners ? Optional.empty() : Optional.of(new Owner(0, 0));
      new Copier(new RootTree(root), owner, Optional.empty())
          .copy(selection, "bound", false, false);
    }
    return folder.resolve("bound");
  }
}
