package io.jcompose.container;

import java.util.Locale;

/** The operations of a step program; numbers and arguments as in src/main/c/program.md. */
enum Op {
  CGROUP_JOIN(1),
  SETNS(2),
  UNSHARE(3),
  FORK_EXEC(4),
  DUMPABLE(5),
  SETHOSTNAME(6),
  SETDOMAINNAME(7),
  PRIVATE(8),
  MOVE_MOUNT(9),
  ENTER(10),
  PIVOT(11),
  MOUNT(12),
  MOUNT_ATTR(13),
  MKDIR(14),
  TOUCH(15),
  MKNOD(16),
  SYMLINK(17),
  MASK(18),
  READONLY(19),
  WRITE(20),
  RLIMIT(21),
  UMASK(22),
  SETSID(23),
  STDIO(24),
  PTY(25),
  CHOWN_STDIO(26),
  BOUNDING(27),
  GROUPS(28),
  KEEPCAPS(29),
  SETUID(30),
  PDEATHSIG(31),
  CAPSET(32),
  NO_NEW_PRIVS(33),
  SECCOMP(34),
  CHDIR(35),
  INIT(36),
  EXEC(37),
  CHROOT_CHECK(38),
  KEYRING(39),
  SIGDEFAULT(40),
  BIND(41),
  CGROUP_MOUNTS(42),
  MOUNT_PROC(43);

  final int number;

  Op(int number) {
    this.number = number;
  }

  /** The name in program.md. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
