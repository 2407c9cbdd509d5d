package io.jcompose.build;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The Dockerfile and the files that a build was given. */
final class BuildContext implements AutoCloseable {
  private static final long LARGEST_FILE = 4 << 20;
  private final String dockerfileName;
  private final String dockerfile;
  private final SourceTree tree;

  private BuildContext(String dockerfileName, String dockerfile, SourceTree tree) {
    this.dockerfileName = dockerfileName;
    this.dockerfile = dockerfile;
    this.tree = tree;
  }

  static BuildContext open(BuildRequest request) {
    Path context = request.context();
    String name =
        request.inline().isPresent() ? "Dockerfile (inline)" : shown(context, request.dockerfile());
    String text =
        request.inline().orElseGet(() -> readText(request.dockerfile(), name, "Dockerfile"));
    IgnoreFile ignore = ignoreFile(request);
    try {
      Fd root = Fs.open(context.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
      return new BuildContext(name, text, new SourceTree(root, ignore));
    } catch (LinuxException e) {
      throw new BuildException(
          "the build context " + context + " can't be opened: " + e.getMessage(), e);
    }
  }

  /**
   * {@code <Dockerfile>.dockerignore} beside the Dockerfile, otherwise .dockerignore in the
   * context.
   */
  private static IgnoreFile ignoreFile(BuildRequest request) {
    Path dockerfile = request.dockerfile();
    Path own = dockerfile.resolveSibling(dockerfile.getFileName() + ".dockerignore");
    Path common = request.context().resolve(".dockerignore");
    for (Path file : new Path[] {own, common}) {
      boolean skipped = file == own && request.inline().isPresent();
      if (!skipped && Files.isRegularFile(file)) {
        String name = shown(request.context(), file);
        return IgnoreFile.parse(name, readText(file, name, "ignore file"));
      }
    }
    return IgnoreFile.NONE;
  }

  private static String shown(Path context, Path file) {
    return file.startsWith(context) ? context.relativize(file).toString() : file.toString();
  }

  private static String readText(Path file, String name, String what) {
    try {
      if (Files.isDirectory(file)) {
        throw new BuildException("the " + what + " " + name + " is a directory");
      }
      if (Files.size(file) > LARGEST_FILE) {
        throw new BuildException("the " + what + " " + name + " is larger than 4 MiB");
      }
      return Files.readString(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new BuildException("there is no " + what + " " + file, e);
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new BuildException("the " + what + " " + name + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new BuildException("the " + what + " " + name + " can't be read: " + e.getMessage(), e);
    }
  }

  String dockerfileName() {
    return dockerfileName;
  }

  String dockerfile() {
    return dockerfile;
  }

  SourceTree tree() {
    return tree;
  }

  @Override
  public void close() {
    tree.close();
  }
}
