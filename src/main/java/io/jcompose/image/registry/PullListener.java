package io.jcompose.image.registry;

/** Told what a pull does, from several threads; must not block for long. */
public interface PullListener {
  /** A layer has got further. Downloading is told at most ten times a second per layer. */
  void layer(LayerProgress progress);

  /** Something that the user should know although the pull goes on. */
  void warning(String sentence);

  static PullListener none() {
    return new PullListener() {
      @Override
      public void layer(LayerProgress progress) {}

      @Override
      public void warning(String sentence) {}
    };
  }
}
