package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import java.util.List;
import java.util.Map;

/** Builds the images of services. */
public final class ImageBuilds {
  /**
   * What a build was asked for beyond the file.
   *
   * @param arguments over those of the file
   */
  public record Options(Map<String, String> arguments, boolean noCache, boolean pull) {
    public static final Options DEFAULT = new Options(Map.of(), false, false);
  }

  ImageBuilds() {}

  /** Builds the images of these services; empty: of all that have a build section. */
  public void build(
      Project project, List<String> services, Options options, Progress progress, Cancellation cancellation) {
    throw new EngineException("build");
  }

  /** Builds the image of one service. */
  void buildService(
      Project project,
      String service,
      Options options,
      Map<String, String> environment,
      Progress progress,
      Cancellation cancellation) {
    throw new EngineException("build");
  }
}
