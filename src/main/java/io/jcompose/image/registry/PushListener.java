package io.jcompose.image.registry;

import io.jcompose.image.Digest;

/** Told what a push does, from several threads; must not block for long. The words are Docker's. */
public interface PushListener {
  void layer(Digest diffId, String word, long done, long total);
}
