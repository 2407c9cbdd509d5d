package io.jcompose.container;

import io.jcompose.container.Step.Arg;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What a container is made of, as data: steps that the native part runs one by one between clone and exec.
 *
 * @param namespaces flags of the clone(2) that the first step runs in; 0 for an exec
 * @param slots what the descriptors are that come with the program, slot 0 first
 */
public record StepProgram(long namespaces, List<Step> steps, List<String> slots) {
  private static final int MAGIC = 0x3150434a;
  private static final int NUMBER = 0;
  private static final int BYTES = 1;

  public StepProgram {
    steps = List.copyOf(steps);
    slots = List.copyOf(slots);
  }

  /** The program that makes the container of {@code spec} and starts its first process. */
  public static StepProgram compile(ContainerSpec spec, StartFacts facts) {
    return new StartCompiler(spec, facts).compile();
  }

  /** The program that runs one more process in a running container. */
  public static StepProgram compileExec(ContainerSpec spec, ExecSpec exec, ExecFacts facts) {
    return new ExecCompiler(spec, exec, facts).compile();
  }

  /** The bytes that program.md describes. */
  public byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    put(out, 8, b -> b.putInt(MAGIC).putInt(steps.size()));
    for (Step step : steps) {
      put(
          out,
          4,
          b -> b.putShort((short) step.op().number).putShort((short) step.args().size()));
      for (Arg arg : step.args()) {
        switch (arg) {
          case Arg.Number number -> put(out, 12, b -> b.putInt(NUMBER).putLong(number.value()));
          case Arg.Bytes bytes -> {
            int length = bytes.value().length;
            int padded = (length + 1 + 3) / 4 * 4;
            put(out, 8 + padded, b -> b.putInt(BYTES).putInt(length).put(bytes.value()));
          }
        }
      }
    }
    return out.toByteArray();
  }

  private interface Filler {
    ByteBuffer fill(ByteBuffer buffer);
  }

  private static void put(ByteArrayOutputStream out, int length, Filler filler) {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    filler.fill(buffer);
    out.writeBytes(buffer.array());
  }

  /**
   * For a person: each step as a sentence, and below it the shell command that does the same, where there is
   * one.
   */
  public String explain() {
    StringBuilder text = new StringBuilder();
    if (namespaces != 0) {
      append(text, 0, StepText.birth(namespaces));
    }
    for (int i = 0; i < steps.size(); i++) {
      append(text, i + 1, StepText.of(steps.get(i), slots));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, int number, StepText step) {
    text.append(String.format("%3d  %s%n", number, step.sentence()));
    if (!step.command().isEmpty()) {
      text.append("       $ ").append(step.command()).append('\n');
    }
  }
}
