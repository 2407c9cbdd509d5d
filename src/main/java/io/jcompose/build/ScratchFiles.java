package io.jcompose.build;

import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Folders that live as long as one build: here-documents, copies that a step may scribble on. */
final class ScratchFiles implements AutoCloseable {
  private final Path dir;
  private final List<SourceTree> trees = new ArrayList<>();
  private int count;

  /** Takes ownership of {@code dir}. */
  ScratchFiles(Path dir) {
    this.dir = dir;
  }

  synchronized Path newFolder() {
    try {
      return Files.createDirectory(dir.resolve("s" + count++));
    } catch (IOException e) {
      throw BuildFailure.of("preparing the build", e);
    }
  }

  /** A folder with these files, mode 0644. */
  SourceTree tree(Map<String, String> files) {
    Path folder = newFolder();
    try {
      for (Map.Entry<String, String> file : files.entrySet()) {
        if (file.getKey().contains("/") || file.getKey().startsWith(".")) {
          throw new BuildException(
              "a here-document can't be named \"" + file.getKey() + "\" as a file");
        }
        Path path = folder.resolve(file.getKey());
        Files.write(path, file.getValue().getBytes(StandardCharsets.UTF_8));
        Fs.chmod(null, path.toString().getBytes(StandardCharsets.UTF_8), 0644);
        Fs.utimes(null, path.toString().getBytes(StandardCharsets.UTF_8), 0, 0);
      }
    } catch (IOException e) {
      throw BuildFailure.of("preparing the build", e);
    }
    Fd root = Fs.open(folder.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0);
    return keep(new SourceTree(root, IgnoreFile.NONE));
  }

  /** Closes {@code tree} at the end of the build. */
  synchronized SourceTree keep(SourceTree tree) {
    trees.add(tree);
    return tree;
  }

  @Override
  public void close() {
    trees.forEach(SourceTree::close);
    Trees.delete(dir);
  }
}
