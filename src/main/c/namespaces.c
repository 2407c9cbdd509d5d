/* Steps that join and make namespaces and cgroups. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>

#include "descriptors.h"
#include "frame.h"
#include "kernel.h"
#include "operations.h"

int do_cgroup_join(struct context *context, struct step *step) {
  int fd;
  int failed = step_slot(context, step, &fd);
  if (failed) return failed;
  concerns(context, "the control group");
  return write(fd, "0", 1) < 0 ? -errno : 0;
}

int do_setns(struct context *context, struct step *step) {
  int fd;
  int64_t type;
  int failed = step_slot(context, step, &fd);
  if (!failed) failed = step_integer(step, &type);
  if (failed) return failed;
  return setns(fd, (int)type) < 0 ? -errno : 0;
}

int do_unshare(struct context *context, struct step *step) {
  int64_t flags;
  int failed = step_integer(step, &flags);
  (void)context;
  if (failed) return failed;
  return unshare((int)flags) < 0 ? -errno : 0;
}

/* Everything but the error pipe and what becomes stdio: from here on the container can see this process, and
 * would find the host's descriptors under its /proc/PID/fd if it could break the lock of dumpable 0. */
static void keep_only_stdio(const struct context *context, int known) {
  int keep[5] = {context->report, context->stdio[0], context->stdio[1], context->stdio[2], known};
  close_all_but(keep, 5);
}

static int report_forked(struct context *context, pid_t pid, int pidfd) {
  uint8_t bytes[8];
  struct writer w = {.start = bytes, .at = bytes, .end = bytes + sizeof bytes};
  put32(&w, REPORT_FORKED);
  put32(&w, (uint32_t)pid);
  long sent = send_fds(context->report, bytes, sizeof bytes, &pidfd, 1, 0);
  return sent < 0 ? (int)sent : 0;
}

/* Until its number is known to the keeper the child does nothing: it could end first, and be reaped as a
 * stranger. A first process that was killed before it could tell takes the child with it. */
static void wait_until_known(int known) {
  char byte;
  if (read(known, &byte, 1) != 1) _exit(1);
  close(known);
}

_Noreturn static void leave_to(struct context *context, pid_t pid, int pidfd, const int known[2]) {
  int failed = report_forked(context, pid, pidfd);
  _exit(failed || write(known[1], "", 1) != 1);
}

int do_fork_exec(struct context *context, struct step *step) {
  int pidfd = -1, known[2];
  struct clone_args arguments = {.flags = CLONE_PARENT | CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd};
  (void)step;
  if (pipe2(known, O_CLOEXEC) < 0) return -errno;
  long pid = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid < 0) return -errno;
  if (pid > 0) leave_to(context, (pid_t)pid, pidfd, known);
  keep_only_stdio(context, known[0]);
  wait_until_known(known[0]);
  context->slot_count = 0;
  /* The parent-death signal is not inherited. */
  return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : 0;
}

int do_sethostname(struct context *context, struct step *step) {
  const char *name;
  int failed = step_string(context, step, &name);
  if (failed) return failed;
  return sethostname(name, strlen(name)) < 0 ? -errno : 0;
}

int do_setdomainname(struct context *context, struct step *step) {
  const char *name;
  int failed = step_string(context, step, &name);
  if (failed) return failed;
  return setdomainname(name, strlen(name)) < 0 ? -errno : 0;
}
