package io.jcompose.engine;

import java.util.Map;

/** Of a command that ends with its engine. */
record NoContinuation(Output out, Output err) implements Continuation {
  @Override
  public Map<Integer, String> kept() {
    return Map.of();
  }

  @Override
  public void begin(int leave, boolean onlyFollows) {}

  @Override
  public void show(int descriptor, byte[] bytes, int length, int key, String part) {
    if (length > 0) {
      (descriptor == 2 ? err : out).write(bytes, 0, length);
    }
  }
}
