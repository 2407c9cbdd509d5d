package io.jcompose.build;

/** Takes what a step writes on its standard output and error, in the order in which it comes. */
@FunctionalInterface
public interface StepOutput {
  /** {@code data} is the receiver's to keep. */
  void write(byte[] data);
}
