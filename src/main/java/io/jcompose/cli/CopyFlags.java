package io.jcompose.cli;

import io.jcompose.engine.copy.TreeCopy;
import picocli.CommandLine.Option;

/** What the two forms of {@code cp} have in common. */
final class CopyFlags {
  @Option(names = {"-a", "--archive"}, description = "Keeps owners; else everything belongs to root")
  boolean archive;

  @Option(names = {"-L", "--follow-link"}, description = "Follows a symbolic link that is the source")
  boolean followLink;

  TreeCopy.Options options() {
    return new TreeCopy.Options(archive, followLink);
  }
}
