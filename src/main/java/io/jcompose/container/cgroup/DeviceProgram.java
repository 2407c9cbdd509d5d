package io.jcompose.container.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Device rules as an eBPF program of type CGROUP_DEVICE: it answers 1 when a rule allows all that is asked for, else
 * 0. In struct bpf_cgroup_dev_ctx: device type in the lower half of the first word (1 block, 2 character), access in
 * the upper half (1 mknod, 2 read, 4 write); then major and minor.
 */
final class DeviceProgram {
  private static final int LOAD_WORD = 0x61;
  private static final int MOVE = 0xb7;
  private static final int MOVE_REGISTER = 0xbf;
  private static final int AND = 0x57;
  private static final int SHIFT_RIGHT = 0x77;
  private static final int JUMP_NOT_EQUAL = 0x55;
  private static final int JUMP_NOT_EQUAL_REGISTER = 0x5d;
  private static final int EXIT = 0x95;

  private static final int ANSWER = 0;
  private static final int CONTEXT = 1;
  private static final int TYPE = 2;
  private static final int ACCESS = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;

  private DeviceProgram() {}

  private record Instruction(int code, int target, int source, int offset, int value) {}

  static byte[] of(List<DeviceRule> rules) {
    List<Instruction> program = new ArrayList<>();
    program.add(new Instruction(LOAD_WORD, TYPE, CONTEXT, 0, 0));
    program.add(new Instruction(MOVE_REGISTER, ACCESS, TYPE, 0, 0));
    program.add(new Instruction(AND, TYPE, 0, 0, 0xffff));
    program.add(new Instruction(SHIFT_RIGHT, ACCESS, 0, 0, 16));
    program.add(new Instruction(LOAD_WORD, MAJOR, CONTEXT, 4, 0));
    program.add(new Instruction(LOAD_WORD, MINOR, CONTEXT, 8, 0));
    for (DeviceRule rule : rules) {
      program.addAll(rule(rule));
    }
    program.addAll(answer(0));
    ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.nativeOrder());
    for (Instruction i : program) {
      bytes
          .put((byte) i.code())
          .put((byte) (i.target() | i.source() << 4))
          .putShort((short) i.offset())
          .putInt(i.value());
    }
    return bytes.array();
  }

  private static List<Instruction> answer(int value) {
    return List.of(
        new Instruction(MOVE, ANSWER, 0, 0, value), new Instruction(EXIT, 0, 0, 0, 0));
  }

  /** Tests that jump behind the rule when they fail, then the answer. */
  private static List<Instruction> rule(DeviceRule rule) {
    List<Instruction> code = answer(1);
    if (rule.minor() >= 0) {
      code = before(new Instruction(JUMP_NOT_EQUAL, MINOR, 0, code.size(), rule.minor()), code);
    }
    if (rule.major() >= 0) {
      code = before(new Instruction(JUMP_NOT_EQUAL, MAJOR, 0, code.size(), rule.major()), code);
    }
    code =
        before(new Instruction(JUMP_NOT_EQUAL_REGISTER, CONTEXT, ACCESS, code.size(), 0), code);
    code = before(new Instruction(AND, CONTEXT, 0, 0, access(rule)), code);
    code = before(new Instruction(MOVE_REGISTER, CONTEXT, ACCESS, 0, 0), code);
    if (rule.type() != 'a') {
      int type = rule.type() == 'b' ? 1 : 2;
      code = before(new Instruction(JUMP_NOT_EQUAL, TYPE, 0, code.size(), type), code);
    }
    return code;
  }

  private static List<Instruction> before(Instruction first, List<Instruction> rest) {
    List<Instruction> code = new ArrayList<>(List.of(first));
    code.addAll(rest);
    return code;
  }

  private static int access(DeviceRule rule) {
    return (rule.access().contains("m") ? 1 : 0)
        | (rule.access().contains("r") ? 2 : 0)
        | (rule.access().contains("w") ? 4 : 0);
  }
}
