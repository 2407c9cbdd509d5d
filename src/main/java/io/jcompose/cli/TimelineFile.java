package io.jcompose.cli;

import io.jcompose.cli.render.TimelineSvg;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.Timeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The picture that {@code up --timeline} draws. */
final class TimelineFile {
  private final CommandContext context;
  private final Path file;

  TimelineFile(CommandContext context, String file) {
    this.context = context;
    this.file = context.invocation().directory().resolve(file);
  }

  void write(Timeline timeline) {
    try {
      Files.writeString(file, new TimelineSvg(timeline.spans(), timeline.decisive()).toString());
    } catch (IOException e) {
      throw new EngineException("--timeline: " + file + " can't be written: " + e.getMessage(), e);
    }
    String chain = TimelineSvg.chain(timeline.decisive());
    if (!chain.isEmpty()) {
      context.err().println("the time went into: " + chain);
    }
  }
}
