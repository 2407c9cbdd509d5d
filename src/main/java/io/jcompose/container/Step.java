package io.jcompose.container;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One step of a {@link StepProgram}: an operation and its arguments, in the order of program.md. */
record Step(Op op, List<Arg> args) {
  Step {
    args = List.copyOf(args);
  }

  /** An argument: a whole number or bytes. */
  sealed interface Arg {
    record Number(long value) implements Arg {}

    record Bytes(byte[] value) implements Arg {
      String text() {
        return new String(value, StandardCharsets.UTF_8);
      }
    }
  }

  /** A step whose arguments are numbers, strings and byte arrays. */
  static Step of(Op op, Object... args) {
    List<Arg> list = new ArrayList<>();
    for (Object arg : args) {
      list.add(
          switch (arg) {
            case Integer i -> new Arg.Number(i);
            case Long l -> new Arg.Number(l);
            case String s -> new Arg.Bytes(s.getBytes(StandardCharsets.UTF_8));
            case byte[] b -> new Arg.Bytes(b);
            default -> throw new IllegalArgumentException("neither number nor text: " + arg);
          });
    }
    return new Step(op, list);
  }

  long number(int index) {
    return ((Arg.Number) args.get(index)).value();
  }

  String text(int index) {
    return ((Arg.Bytes) args.get(index)).text();
  }

  byte[] bytes(int index) {
    return ((Arg.Bytes) args.get(index)).value();
  }
}
