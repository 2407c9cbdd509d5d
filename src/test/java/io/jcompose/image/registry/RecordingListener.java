package io.jcompose.image.registry;

import io.jcompose.image.Digest;
import io.jcompose.image.registry.LayerProgress.Phase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a pull told. */
final class RecordingListener implements PullListener {
  final List<LayerProgress> layers = new CopyOnWriteArrayList<>();
  final List<String> warnings = new CopyOnWriteArrayList<>();

  @Override
  public void layer(LayerProgress progress) {
    layers.add(progress);
  }

  @Override
  public void warning(String sentence) {
    warnings.add(sentence);
  }

  /** The phases of one layer, repetitions left out. */
  List<Phase> phases(Digest layer) {
    List<Phase> phases = new java.util.ArrayList<>();
    for (LayerProgress progress : layers) {
      boolean repeated = !phases.isEmpty() && phases.getLast() == progress.phase();
      if (progress.layer().equals(layer) && !repeated) {
        phases.add(progress.phase());
      }
    }
    return phases;
  }
}
