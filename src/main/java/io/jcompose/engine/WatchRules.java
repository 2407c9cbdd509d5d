package io.jcompose.engine;

import io.jcompose.build.PathPatterns;
import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.Service;
import io.jcompose.compose.model.WatchTrigger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which files below a trigger's path count: not what its build ignores, nor what editors and git keep for themselves. */
final class WatchRules {
  private static final PathPatterns PASSING =
      PathPatterns.of(
          "passing files",
          List.of(
              "**/.git", "**/*~", "**/.*.sw?", "**/.*.swpx", "**/4913", "**/.#*", "**/#*#", "**/.~lock.*#",
              "**/*___jb_tmp___", "**/*___jb_old___", "**/.DS_Store"));

  private final Path path;
  private final PathPatterns ignored;
  private final PathPatterns included;
  private final Optional<Path> context;
  private final PathPatterns ofBuild;

  WatchRules(Service service, WatchTrigger trigger) {
    String name = "services." + service.name() + ".develop.watch";
    path = trigger.path();
    ignored = PathPatterns.of(name + ".ignore", trigger.ignore());
    included = PathPatterns.of(name + ".include", trigger.include());
    context = service.build().filter(b -> !b.remote()).map(b -> Path.of(b.context()));
    ofBuild = context.map(folder -> ofBuild(folder, service.build().orElseThrow())).orElse(PathPatterns.NONE);
  }

  private static PathPatterns ofBuild(Path context, Build build) {
    return PathPatterns.ofBuild(context, context.resolve(build.dockerfile().orElse("Dockerfile")));
  }

  /** Whether a change of this file, named from the trigger's path on, is one. */
  boolean counts(String relative) {
    return !PASSING.match(relative)
        && !ignored.match(relative)
        && (included.isEmpty() || included.match(relative))
        && !ignoredByBuild(relative);
  }

  /** Whether no file below this folder can count. */
  boolean skips(String relative) {
    return PASSING.match(relative)
        || ignored.match(relative) && !ignored.haveExceptions()
        || ignoredByBuild(relative) && !ofBuild.haveExceptions();
  }

  private boolean ignoredByBuild(String relative) {
    Path file = path.resolve(relative);
    return context.isPresent()
        && file.startsWith(context.get())
        && ofBuild.match(context.get().relativize(file).toString());
  }
}
