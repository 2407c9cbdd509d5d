package io.jcompose.cli;

import io.jcompose.engine.ContainerFiles;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import io.jcompose.engine.copy.TreeCopy;
import io.jcompose.linux.FdStreams;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies between the caller and one container. */
final class FileCopy {
  private static final int BUFFER = 1 << 16;
  private final CommandContext context;
  private final TreeCopy.Options options;

  FileCopy(CommandContext context, TreeCopy.Options options) {
    this.context = context;
    this.options = options;
  }

  /** Returns the bytes of all files that were copied. */
  long out(String container, String source, CopyArgument destination) {
    ContainerFiles files = context.engine().files();
    if (destination.stream()) {
      files.toTar(container, source, new BufferedOutputStream(stream(context.out()), BUFFER), options);
      return 0;
    }
    return files.toHost(container, source, context.invocation().directory(), destination.path(), options);
  }

  /** Returns the bytes of all files that were copied. */
  long in(CopyArgument source, String container, String destination) {
    ContainerFiles files = context.engine().files();
    if (source.stream()) {
      files.fromTar(container, new BufferedInputStream(input(context.invocation()), BUFFER), destination, options);
      return 0;
    }
    return files.fromHost(container, context.invocation().directory(), source.path(), destination, options);
  }

  private static InputStream input(Invocation invocation) {
    return FdStreams.input(
        invocation
            .stdio()
            .getFirst()
            .orElseThrow(() -> new EngineException("standard input is a terminal; give it a tar archive")));
  }

  private static OutputStream stream(Output output) {
    if (output.terminal()) {
      throw new EngineException("standard output is a terminal, which could not show a tar archive");
    }
    return output.stream();
  }
}
