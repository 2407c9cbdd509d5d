package io.jcompose.container.security;

import io.jcompose.container.security.SeccompProfile.Arg;
import io.jcompose.container.security.SeccompRules.Alternative;
import io.jcompose.container.security.SeccompRules.Verdict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Rules to classic BPF: the architecture is checked first, then a balanced tree over ranges of numbers with the
 * same verdict. Each piece of code ends by returning, so pieces are only ever jumped into at their start.
 */
final class SeccompCompiler {
  /** BPF_MAXINSNS: the kernel takes no longer program. */
  private static final int MAX_INSTRUCTIONS = 4096;

  private static final int MAX_CONDITIONAL_JUMP = 255;
  private static final int X32_BIT = 0x40000000;

  private static final int LOAD = 0x20;
  private static final int JUMP = 0x05;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_GREATER = 0x25;
  private static final int JUMP_GREATER_EQUAL = 0x35;
  private static final int AND = 0x54;
  private static final int RETURN = 0x06;

  /** Offsets in struct seccomp_data. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;
  private static final int ARGUMENTS = 16;

  private SeccompCompiler() {}

  private record Instruction(int code, int jumpTrue, int jumpFalse, int k) {}

  /** All numbers from {@code start} (unsigned) to the next range's. */
  private record Range(int start, Verdict verdict) {}

  static byte[] compile(List<SeccompRules> architectures) {
    List<Instruction> program = new ArrayList<>();
    program.add(new Instruction(LOAD, 0, 0, ARCHITECTURE));
    for (SeccompRules rules : architectures) {
      List<Range> ranges = ranges(rules);
      List<Instruction> body = tree(ranges, 0, ranges.size() - 1, rules.otherwise());
      program.add(new Instruction(JUMP_EQUAL, 1, 0, rules.architecture().auditNumber));
      program.add(new Instruction(JUMP, 0, 0, body.size() + 1));
      program.add(new Instruction(LOAD, 0, 0, NUMBER));
      program.addAll(body);
    }
    program.add(answer(SeccompAction.KILL_PROCESS));
    if (program.size() > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException(
          "the seccomp profile compiles to " + program.size() + " instructions; the kernel takes "
              + MAX_INSTRUCTIONS);
    }
    ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.nativeOrder());
    for (Instruction i : program) {
      bytes.putShort((short) i.code()).put((byte) i.jumpTrue()).put((byte) i.jumpFalse()).putInt(i.k());
    }
    return bytes.array();
  }

  private static List<Range> ranges(SeccompRules rules) {
    List<Range> ranges = new ArrayList<>();
    Verdict otherwise = Verdict.always(rules.otherwise());
    int next = 0;
    for (Map.Entry<Integer, Verdict> entry : rules.verdicts().entrySet()) {
      if (entry.getKey() > next) {
        add(ranges, next, otherwise);
      }
      add(ranges, entry.getKey(), entry.getValue());
      next = entry.getKey() + 1;
    }
    if (next <= rules.highest()) {
      add(ranges, next, otherwise);
    }
    // The C library falls back to an older call on ENOSYS, not on EPERM.
    SeccompAction unknown =
        rules.otherwise().isErrno() ? SeccompAction.ENOSYS : rules.otherwise();
    add(ranges, rules.highest() + 1, Verdict.always(unknown));
    if (rules.architecture() == Architecture.X86_64) {
      add(ranges, X32_BIT, Verdict.always(SeccompAction.ENOSYS));
    }
    return ranges;
  }

  private static void add(List<Range> ranges, int start, Verdict verdict) {
    if (ranges.isEmpty() || !ranges.getLast().verdict().equals(verdict)) {
      ranges.add(new Range(start, verdict));
    }
  }

  private static List<Instruction> tree(
      List<Range> ranges, int first, int last, SeccompAction otherwise) {
    if (first == last) {
      return leaf(ranges.get(first).verdict(), otherwise);
    }
    int middle = (first + last + 1) / 2;
    List<Instruction> below = tree(ranges, first, middle - 1, otherwise);
    int pivot = ranges.get(middle).start();
    List<Instruction> code = new ArrayList<>();
    if (below.size() <= MAX_CONDITIONAL_JUMP) {
      code.add(new Instruction(JUMP_GREATER_EQUAL, below.size(), 0, pivot));
    } else {
      code.add(new Instruction(JUMP_GREATER_EQUAL, 0, 1, pivot));
      code.add(new Instruction(JUMP, 0, 0, below.size()));
    }
    code.addAll(below);
    code.addAll(tree(ranges, middle, last, otherwise));
    return code;
  }

  private static List<Instruction> leaf(Verdict verdict, SeccompAction otherwise) {
    List<Instruction> code = new ArrayList<>();
    for (Alternative alternative : verdict.alternatives()) {
      code.addAll(alternative(alternative));
      if (alternative.args().isEmpty()) {
        return code;
      }
    }
    code.add(answer(otherwise));
    return code;
  }

  private static List<Instruction> alternative(Alternative alternative) {
    List<Instruction> code = List.of(answer(alternative.action()));
    for (Arg arg : alternative.args().reversed()) {
      List<Instruction> longer = new ArrayList<>(test(arg, code.size()));
      longer.addAll(code);
      code = longer;
    }
    return code;
  }

  private static Instruction answer(SeccompAction action) {
    return new Instruction(RETURN, 0, 0, action.value());
  }

  /**
   * Falls through to what follows when {@code arg} holds, else jumps over the {@code rest} instructions that
   * follow. An argument has 64 bits, a BPF word 32: the upper half decides unless it is equal.
   */
  private static List<Instruction> test(Arg arg, int rest) {
    int high = (int) (arg.value() >>> 32);
    int low = (int) arg.value();
    int lowAt = ARGUMENTS + 8 * arg.index() + (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 4);
    int highAt = ARGUMENTS + 8 * arg.index() + (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 4 : 0);
    Instruction loadHigh = new Instruction(LOAD, 0, 0, highAt);
    Instruction loadLow = new Instruction(LOAD, 0, 0, lowAt);
    return switch (arg.op()) {
      case "SCMP_CMP_EQ" ->
          List.of(
              loadHigh,
              new Instruction(JUMP_EQUAL, 0, rest + 2, high),
              loadLow,
              new Instruction(JUMP_EQUAL, 0, rest, low));
      case "SCMP_CMP_NE" ->
          List.of(
              loadHigh,
              new Instruction(JUMP_EQUAL, 0, 2, high),
              loadLow,
              new Instruction(JUMP_EQUAL, rest, 0, low));
      case "SCMP_CMP_GT" -> above(loadHigh, high, loadLow, low, JUMP_GREATER, rest);
      case "SCMP_CMP_GE" -> above(loadHigh, high, loadLow, low, JUMP_GREATER_EQUAL, rest);
      case "SCMP_CMP_LT" -> notAbove(loadHigh, high, loadLow, low, JUMP_GREATER_EQUAL, rest);
      case "SCMP_CMP_LE" -> notAbove(loadHigh, high, loadLow, low, JUMP_GREATER, rest);
      case "SCMP_CMP_MASKED_EQ" ->
          List.of(
              loadHigh,
              new Instruction(AND, 0, 0, high),
              new Instruction(JUMP_EQUAL, 0, rest + 3, (int) (arg.valueTwo() >>> 32)),
              loadLow,
              new Instruction(AND, 0, 0, low),
              new Instruction(JUMP_EQUAL, 0, rest, (int) arg.valueTwo()));
      case null, default ->
          throw new IllegalArgumentException(
              "a rule of the seccomp profile has an unknown comparison \"" + arg.op() + "\"");
    };
  }

  private static List<Instruction> above(
      Instruction loadHigh, int high, Instruction loadLow, int low, int lowTest, int rest) {
    return List.of(
        loadHigh,
        new Instruction(JUMP_GREATER, 3, 0, high),
        new Instruction(JUMP_EQUAL, 0, rest + 2, high),
        loadLow,
        new Instruction(lowTest, 0, rest, low));
  }

  private static List<Instruction> notAbove(
      Instruction loadHigh, int high, Instruction loadLow, int low, int lowTest, int rest) {
    return List.of(
        loadHigh,
        new Instruction(JUMP_GREATER, rest + 3, 0, high),
        new Instruction(JUMP_EQUAL, 0, 2, high),
        loadLow,
        new Instruction(lowTest, rest, 0, low));
  }
}
