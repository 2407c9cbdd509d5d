package io.jcompose.container.security;

/** What a filter answers: a value of seccomp(2), action in the upper half, data in the lower. */
record SeccompAction(int value) {
  static final SeccompAction ALLOW = new SeccompAction(0x7fff0000);
  static final SeccompAction KILL_PROCESS = new SeccompAction(0x80000000);
  static final SeccompAction ENOSYS = errno(38);

  static SeccompAction errno(int errno) {
    return new SeccompAction(0x00050000 | errno & 0xffff);
  }

  /** An action by the name that profiles use; {@code errno} is the data of ERRNO and TRACE. */
  static SeccompAction named(String name, int errno) {
    return switch (name) {
      case "SCMP_ACT_ALLOW" -> ALLOW;
      case "SCMP_ACT_ERRNO" -> errno(errno);
      case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> new SeccompAction(0);
      case "SCMP_ACT_KILL_PROCESS" -> KILL_PROCESS;
      case "SCMP_ACT_TRAP" -> new SeccompAction(0x00030000);
      case "SCMP_ACT_TRACE" -> new SeccompAction(0x7ff00000 | errno & 0xffff);
      case "SCMP_ACT_LOG" -> new SeccompAction(0x7ffc0000);
      case "SCMP_ACT_NOTIFY" ->
          throw new IllegalArgumentException(
              "the seccomp profile asks for SCMP_ACT_NOTIFY, which needs a listener that jcompose has not;"
                  + " use another action");
      default ->
          throw new IllegalArgumentException("the seccomp profile has an unknown action \"" + name + "\"");
    };
  }

  boolean isErrno() {
    return (value & 0xffff0000) == 0x00050000;
  }
}
