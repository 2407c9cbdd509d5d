package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.RUNTIME;
import static io.jcompose.linux.LibC.check;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** bpf(2), as far as device rules of cgroup v2 need it. */
public final class Bpf {
  private static final int SYS_BPF = System.getProperty("os.arch").equals("aarch64") ? 280 : 321;
  private static final int BPF_PROG_LOAD = 5;
  private static final int BPF_PROG_ATTACH = 8;
  private static final int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
  private static final int BPF_CGROUP_DEVICE = 6;
  private static final int BPF_F_ALLOW_MULTI = 2;
  private static final int ATTRIBUTES = 128;

  private Bpf() {}

  /** Loads a program of type CGROUP_DEVICE; {@code instructions} are struct bpf_insn of 8 bytes each. */
  public static Fd loadDeviceProgram(byte[] instructions) {
    byte[] license = "Apache-2.0\0".getBytes(StandardCharsets.US_ASCII);
    int licenseAt = ATTRIBUTES + instructions.length;
    Pointer memory = Memory.allocateDirect(RUNTIME, licenseAt + license.length, true);
    memory.put(ATTRIBUTES, instructions, 0, instructions.length);
    memory.put(licenseAt, license, 0, license.length);
    memory.putInt(0, BPF_PROG_TYPE_CGROUP_DEVICE);
    memory.putInt(4, instructions.length / 8);
    memory.putLong(8, memory.address() + ATTRIBUTES);
    memory.putLong(16, memory.address() + licenseAt);
    long fd = call(BPF_PROG_LOAD, memory);
    return new Fd((int) check(fd, "bpf", "load of a device program"));
  }

  /** Attaches {@code program} to the cgroup folder; it lives as long as the cgroup. */
  public static void attachDeviceProgram(Fd cgroup, Fd program) {
    Pointer memory = Memory.allocateDirect(RUNTIME, ATTRIBUTES, true);
    memory.putInt(0, cgroup.number());
    memory.putInt(4, program.number());
    memory.putInt(8, BPF_CGROUP_DEVICE);
    memory.putInt(12, BPF_F_ALLOW_MULTI);
    check(call(BPF_PROG_ATTACH, memory), "bpf", "attach to a cgroup");
  }

  private static long call(int command, Pointer attributes) {
    return C.syscall(SYS_BPF, command, attributes.address(), ATTRIBUTES, 0, 0);
  }
}
