package io.jcompose.build;

import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A stage with everything decided before anything runs: its steps with their keys, and the
 * configuration that they lead to.
 *
 * @param baseKey stands for the files that the stage begins with
 * @param key stands for everything that the stage's files depend on
 * @param config without layers and history
 * @param args declared in the stage, for stages that begin with it
 */
record StagePlan(
    String title,
    Base base,
    String baseKey,
    List<Step> steps,
    String key,
    ImageConfig config,
    Map<String, String> args) {

  /** What a stage begins with. */
  sealed interface Base {
    record Scratch() implements Base {}

    record OfImage(Image image) implements Base {}

    record OfStage(StagePlan plan) implements Base {}
  }

  /**
   * An instruction.
   *
   * @param shown for progress; nothing for instructions that change the configuration alone
   * @param own stands for all that the result depends on but the files before it; empty without
   *     action
   * @param history how it is told in the image's history
   */
  record Step(Optional<BuildStep> shown, Text at, Action action, String own, String history) {}

  /** What a step does to the files. */
  sealed interface Action {
    /** Nothing: only the configuration changes. */
    record Configure() implements Action {}

    record Run(
        List<String> argv,
        List<String> env,
        String workingDir,
        String user,
        List<RunMount> mounts,
        Map<RunMount, Origin> origins,
        String network,
        boolean privileged)
        implements Action {}

    /** WORKDIR: the folder is made if it is missing. */
    record MakeFolder(String path) implements Action {}

    record Copy(CopyOrder order) implements Action {}
  }

  /** Where files come from that are not the context's. {@code key} stands for all of them. */
  sealed interface Origin {
    String key();

    record OfStage(StagePlan plan) implements Origin {
      @Override
      public String key() {
        return plan.key();
      }
    }

    record OfImage(Image image) implements Origin {
      @Override
      public String key() {
        return "image " + image.manifest();
      }
    }

    /** A folder that was given by a name; what is taken of it is known at once. */
    record OfFolder(SourceTree tree) implements Origin {
      @Override
      public String key() {
        return "folder";
      }
    }
  }

  /**
   * A source of a COPY by its path; of the path of what it finds, so many parts are left out.
   *
   * @param at where it is written, for errors
   */
  record Pattern(String path, int pivot, Text at) {
    /** What it is, wherever it is written. */
    String key() {
      return pivot + " " + path;
    }
  }

  /** Files that are known at once, and whether the archives among them are unpacked. */
  record Selected(Selection files, boolean extracts) {}

  /**
   * A COPY or ADD.
   *
   * @param selected the files, where they are the context's or were fetched
   * @param origin where they come from otherwise
   * @param patterns the sources as written, cleaned
   * @param destination inside the root, without a leading slash
   * @param linked whether the layer is made without looking at those below it
   */
  record CopyOrder(
      Text at,
      List<Selected> selected,
      Optional<Origin> origin,
      List<Pattern> patterns,
      String destination,
      boolean intoFolder,
      boolean withParents,
      boolean linked,
      Optional<String> chown,
      Optional<ModeChange> chmod,
      IgnoreFile excludes) {}
}
