package io.jcompose.build;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.FdStreams;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;
import io.jcompose.nearest.Nearest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Dockerfile and the files that a build was given. What comes from elsewhere is read without
 * leaving its folder, whatever links it holds.
 */
final class BuildContext implements AutoCloseable {
  private static final int LARGEST_FILE = 4 << 20;
  private static final String INLINE = "Dockerfile (inline)";
  private static final int READ = Fs.O_RDONLY | Fs.O_NONBLOCK | Fs.O_NOCTTY;
  private static final long CONFINED = Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS;
  private final String dockerfileName;
  private final String dockerfile;
  private final SourceTree tree;
  private final FetchedFiles fetching;
  private final Map<String, SourceTree> folders = new HashMap<>();

  private BuildContext(
      String dockerfileName, String dockerfile, SourceTree tree, FetchedFiles fetching) {
    this.dockerfileName = dockerfileName;
    this.dockerfile = dockerfile;
    this.tree = tree;
    this.fetching = fetching;
  }

  static BuildContext open(BuildRequest request, ScratchFiles scratch, Downloads downloads) {
    FetchedFiles fetching = new FetchedFiles(request, scratch, downloads);
    return switch (request.files()) {
      case BuildFiles.Folder folder -> ofFolder(request, folder.path(), fetching);
      case BuildFiles.Address address -> ofFetched(request, fetching.at(address.url()), fetching);
      case BuildFiles.Stream stream ->
          ofFetched(request, fetching.from(stream.content().get()), fetching);
    };
  }

  private static BuildContext ofFolder(BuildRequest request, Path folder, FetchedFiles fetching) {
    Fd root = openFolder(folder, "the build context");
    try {
      Path file = inLowerCase(request.dockerfile());
      boolean inside = file.startsWith(folder);
      String name =
          request.inline().isPresent() ? INLINE : inside ? folder.relativize(file).toString() : file.toString();
      String text = request.inline().orElseGet(() -> readText(file, name));
      Path own = file.resolveSibling(file.getFileName() + ".dockerignore");
      Optional<IgnoreFile> ignore = Optional.empty();
      if (request.inline().isEmpty() && !inside && Files.isRegularFile(own)) {
        ignore = Optional.of(IgnoreFile.parse(own.toString(), readText(own, own.toString())));
      } else if (request.inline().isEmpty() && inside) {
        ignore = ignoreFile(root, folder.relativize(own).toString(), "");
      }
      IgnoreFile rules = ignore.orElseGet(() -> commonIgnoreFile(root, ""));
      return new BuildContext(name, text, new SourceTree(root, rules), fetching);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
  }

  /** As BuildKit does: {@code dockerfile} where there is no {@code Dockerfile}. */
  private static Path inLowerCase(Path file) {
    Path lower = file.resolveSibling("dockerfile");
    boolean usual = file.endsWith("Dockerfile") && !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
    return usual && Files.exists(lower) ? lower : file;
  }

  private static BuildContext ofFetched(
      BuildRequest request, FetchedFiles.Opened opened, FetchedFiles fetching) {
    Fd root = opened.root();
    try {
      String name = request.dockerfile().toString();
      Optional<String> text = request.inline().or(opened::alone);
      String shown = text.isPresent() ? INLINE : name;
      String dockerfile =
          text.or(() -> confined(root, name, name))
              .orElseThrow(() -> new BuildException("the context has no Dockerfile \"" + name + "\""));
      IgnoreFile rules =
          ignoreFile(root, name + ".dockerignore", "").orElseGet(() -> commonIgnoreFile(root, ""));
      return new BuildContext(shown, dockerfile, new SourceTree(root, rules), fetching);
    } catch (RuntimeException e) {
      root.close();
      throw e;
    }
  }

  private static IgnoreFile commonIgnoreFile(Fd root, String prefix) {
    return ignoreFile(root, ".dockerignore", prefix).orElse(IgnoreFile.NONE);
  }

  private static Optional<IgnoreFile> ignoreFile(Fd root, String name, String prefix) {
    return confined(root, name, prefix + name).map(text -> IgnoreFile.parse(prefix + name, text));
  }

  /** A file's text, links followed inside {@code root} only; nothing if it is not there. */
  private static Optional<String> confined(Fd root, String path, String shown) {
    byte[] name = RawPath.bytes(RawPath.clean(RawPath.of(path)));
    Fd opened = Fs.openIfThere(root, name, READ, CONFINED);
    return opened == null ? Optional.empty() : Optional.of(text(opened, shown));
  }

  private static String readText(Path file, String name) {
    try {
      return text(Fs.open(file.toString(), READ, 0), name);
    } catch (LinuxException e) {
      if (e.is(Errno.ENOENT)) {
        throw new BuildException("there is no Dockerfile " + file + near(file), e);
      }
      throw new BuildException(name + " can't be read: " + e.getMessage(), e);
    }
  }

  private static String near(Path file) {
    try (Stream<Path> siblings = Files.list(file.getParent())) {
      return Nearest.suggestion(
          file.getFileName().toString(), siblings.map(each -> each.getFileName().toString()).toList());
    } catch (IOException e) {
      return ""; // then its folder is not there either
    }
  }

  /** The text of {@code opened}, which is closed; a device or a pipe may never end. */
  private static String text(Fd opened, String name) {
    try (opened) {
      Fs.Stat stat = Fs.stat(opened);
      if (stat.isDirectory()) {
        throw new BuildException("the Dockerfile " + name + " is a directory");
      }
      if (!stat.isRegular()) {
        throw new BuildException(name + " is not a file");
      }
      return text(FdStreams.input(opened).readNBytes(LARGEST_FILE + 1), name);
    } catch (IOException e) {
      throw new BuildException(name + " can't be read: " + e.getMessage(), e);
    }
  }

  private static String text(byte[] content, String name) {
    if (content.length > LARGEST_FILE) {
      throw new BuildException(name + " is larger than 4 MiB");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException e) {
      throw new BuildException(name + " is not UTF-8 text", e);
    }
  }

  private static Fd openFolder(Path folder, String what) {
    try {
      return Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
    } catch (LinuxException e) {
      String why =
          e.is(Errno.ENOENT) ? "is not there" : e.is(Errno.ENOTDIR) ? "is not a folder" : "can't be opened: " + e.getMessage();
      throw new BuildException(what + " " + folder + " " + why, e);
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

  /** The files that were given under this name; their own .dockerignore says what is not there. */
  SourceTree named(String name, NamedContext given) {
    return folders.computeIfAbsent(
        name,
        key -> {
          Fd root =
              switch (given) {
                case NamedContext.Folder folder ->
                    openFolder(folder.path(), "the context \"" + name + "\"");
                case NamedContext.Address address -> fetching.at(address.url()).root();
                case NamedContext.OfImage image -> throw new IllegalArgumentException("an image");
              };
          try {
            return new SourceTree(root, commonIgnoreFile(root, name + "/"));
          } catch (RuntimeException e) {
            root.close();
            throw e;
          }
        });
  }

  @Override
  public void close() {
    tree.close();
    folders.values().forEach(SourceTree::close);
  }
}
