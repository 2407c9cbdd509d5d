package io.jcompose.build;

import io.jcompose.image.ArchiveUnpacker;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Brings files from elsewhere into a folder that lives as long as the build. */
final class FetchedFiles {
  private static final int LARGEST_DOCKERFILE = 4 << 20;
  private final BuildRequest request;
  private final ScratchFiles scratch;
  private final Downloads downloads;

  /**
   * A folder with the files, and their root.
   *
   * @param alone what came when it was no archive: a Dockerfile without any files
   */
  record Opened(Path folder, Fd root, Optional<String> alone) {}

  FetchedFiles(BuildRequest request, ScratchFiles scratch, Downloads downloads) {
    this.request = request;
    this.scratch = scratch;
    this.downloads = downloads;
  }

  Opened at(String url) {
    if (GitSource.isOne(url)) {
      return repository(GitSource.parse(url));
    }
    Downloads.Fetched file =
        downloads.get(
            url,
            Optional.empty(),
            request.remote(),
            request.cancellation(),
            scratch.newFolder().resolve("context"));
    return unpacked(file.file(), url);
  }

  private Opened repository(GitSource source) {
    Path folder = scratch.newFolder();
    new HostGit(
            request.remote().environment(),
            request.secrets(),
            scratch.newFolder(),
            request.cancellation())
        .checkout(source, folder, false);
    try (Fd root = open(folder)) {
      byte[] below = source.folder().isEmpty() ? new byte[] {'.'} : RawPath.bytes(source.folder());
      Fd inside =
          Fs.openIfThere(
              root, below, Fs.O_RDONLY | Fs.O_DIRECTORY, Fs.RESOLVE_IN_ROOT | Fs.RESOLVE_NO_MAGICLINKS);
      if (inside == null) {
        throw new BuildException(
            "the repository " + source.url() + " has no folder \"" + RawPath.shown(source.folder()) + "\"");
      }
      return new Opened(folder, inside, Optional.empty());
    }
  }

  /** An archive or a Dockerfile from {@code in}. */
  Opened from(InputStream in) {
    Path file = scratch.newFolder().resolve("context");
    try (in) {
      Files.copy(in, file);
    } catch (IOException e) {
      throw BuildFailure.of("reading the context", e);
    }
    return unpacked(file, "the context");
  }

  private Opened unpacked(Path file, String name) {
    Path folder = scratch.newFolder();
    Fd root = open(folder);
    try {
      boolean archive;
      try (Fd in = Fs.open(file.toString(), Fs.O_RDONLY, 0)) {
        archive = ArchiveUnpacker.isArchive(in);
      }
      if (!archive) {
        return new Opened(folder, root, Optional.of(dockerfile(file, name)));
      }
      try (Fd in = Fs.open(file.toString(), Fs.O_RDONLY, 0)) {
        ArchiveUnpacker.unpack(in, root);
      }
      return new Opened(folder, root, Optional.empty());
    } catch (IOException | io.jcompose.image.ImageException e) {
      root.close();
      throw BuildFailure.of("unpacking " + name, e);
    } catch (BuildException e) {
      root.close();
      throw e;
    }
  }

  private static String dockerfile(Path file, String name) throws IOException {
    if (Files.size(file) > LARGEST_DOCKERFILE) {
      throw new BuildException(name + " is neither an archive nor a Dockerfile");
    }
    return Files.readString(file);
  }

  private static Fd open(Path folder) {
    return Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
  }
}
