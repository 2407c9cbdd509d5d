package io.jcompose.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Patterns in the syntax of a .dockerignore, for whoever else has to know which paths they mean. */
public final class PathPatterns {
  public static final PathPatterns NONE = new PathPatterns(IgnoreFile.NONE);
  private final IgnoreFile rules;

  private PathPatterns(IgnoreFile rules) {
    this.rules = rules;
  }

  /**
   * @param name how errors call it
   * @throws BuildException when a pattern is none
   */
  public static PathPatterns of(String name, List<String> patterns) {
    try {
      return new PathPatterns(IgnoreFile.of(patterns));
    } catch (IllegalArgumentException e) {
      throw new BuildException(name + ": a pattern of " + patterns + " is not one: " + e.getMessage(), e);
    }
  }

  /**
   * The rules that a build of a folder with this Dockerfile goes by: those of {@code DOCKERFILE.dockerignore}, else
   * of the folder's .dockerignore.
   */
  public static PathPatterns ofBuild(Path context, Path dockerfile) {
    Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
    Path file = Files.isRegularFile(own) ? own : context.resolve(".dockerignore");
    if (!Files.isRegularFile(file)) {
      return NONE;
    }
    try {
      return new PathPatterns(IgnoreFile.parse(file.toString(), Files.readString(file)));
    } catch (IOException e) {
      throw new BuildException(file + " can't be read as text", e);
    }
  }

  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /** Whether the last pattern that matches {@code path}, or a folder above it, means it. */
  public boolean match(String path) {
    return rules.excludes(RawPath.of(path));
  }

  /** Whether patterns with a {@code !} may take something below a folder that is meant out again. */
  public boolean haveExceptions() {
    return rules.mayInclude();
  }
}
