/* Steps that give the program its standard input and output. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "frame.h"
#include "kernel.h"
#include "operations.h"
#include "path.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

int do_stdio(struct context *context, struct step *step) {
  int null = -1;
  (void)step;
  for (int i = 0; i < 3; i++) {
    int fd = context->stdio[i];
    if (fd < 0 && null < 0) {
      concerns(context, "/dev/null");
      null = open_null(O_RDWR | O_NOCTTY);
      if (null < 0) return null;
    }
    if (dup2(fd < 0 ? null : fd, i) < 0) return -errno;
  }
  if (null > 2) close(null);
  return 0;
}

/* Through the mount of devpts itself, not through the link /dev/ptmx, and checked: an image could have put
 * anything there. */
static int open_master(void) {
  struct stat status;
  struct statfs system;
  int fd = open_inside("/dev/pts/ptmx", O_RDWR | O_NOCTTY, LINKS_REFUSED);
  if (fd < 0) return fd;
  if (fstatfs(fd, &system) == 0 && system.f_type == DEVPTS_SUPER_MAGIC && fstat(fd, &status) == 0 &&
      S_ISCHR(status.st_mode) && status.st_rdev == makedev(5, 2))
    return fd;
  close(fd);
  return -ENODEV;
}

/* The other end, from the master alone: a path would be a race (CVE-2025-52565). */
static int open_slave(int master, struct context *context, uid_t uid, gid_t gid) {
  int unlock = 0;
  struct winsize size = {.ws_row = context->rows, .ws_col = context->columns};
  if (ioctl(master, TIOCSPTLCK, &unlock) < 0) return -errno;
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return -errno;
  if (fchown(slave, uid, gid) == 0 && (!size.ws_row || ioctl(slave, TIOCSWINSZ, &size) == 0)) return slave;
  int failed = -errno;
  close(slave);
  return failed;
}

static int bind_console(int slave) {
  int console = open_inside("/dev/console", O_PATH, LINKS_REFUSED);
  if (console < 0) return console;
  int failed = attach_copy(slave, console, 0, 0);
  close(console);
  return failed;
}

static int hand_up(int report, int master) {
  static const uint8_t MESSAGE[4] = {REPORT_PTY};
  long sent = send_fds(report, MESSAGE, sizeof MESSAGE, &master, 1, 0);
  return sent < 0 ? (int)sent : 0;
}

static int take_terminal(int slave) {
  if (setsid() < 0 && errno != EPERM) return -errno; /* EPERM: it leads a session already */
  if (ioctl(slave, TIOCSCTTY, 0) < 0) return -errno;
  for (int i = 0; i < 3; i++)
    if (dup2(slave, i) < 0) return -errno;
  return 0;
}

int do_pty(struct context *context, struct step *step) {
  int64_t uid, gid, console;
  int failed = step_integer(step, &uid);
  if (!failed) failed = step_integer(step, &gid);
  if (!failed) failed = step_integer(step, &console);
  if (failed) return failed;
  concerns(context, "/dev/pts/ptmx");
  int master = open_master();
  if (master < 0) return master;
  int slave = open_slave(master, context, (uid_t)uid, (gid_t)gid);
  failed = slave < 0 ? slave : take_terminal(slave);
  if (!failed && console) {
    concerns(context, "/dev/console");
    failed = bind_console(slave);
  }
  if (!failed) failed = hand_up(context->report, master);
  if (slave > 2) close(slave);
  close(master);
  return failed;
}

/* Only what is the container's own: /dev/null belongs to everybody in it. */
int do_chown_stdio(struct context *context, struct step *step) {
  int64_t uid, gid;
  struct stat status;
  int failed = step_integer(step, &uid);
  if (!failed) failed = step_integer(step, &gid);
  if (failed) return failed;
  concerns(context, "stdio");
  for (int i = 0; i < 3; i++) {
    if (fstat(i, &status) < 0) return -errno;
    int own = S_ISFIFO(status.st_mode) || (S_ISCHR(status.st_mode) && isatty(i));
    if (own && fchown(i, (uid_t)uid, (gid_t)gid) < 0) return -errno;
  }
  return 0;
}
