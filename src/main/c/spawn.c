/* Making a process that runs a step program. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptors.h"
#include "keeper.h"
#include "kernel.h"
#include "program.h"

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

static struct inherited outside;

void spawn_init(const struct inherited *inherited) { outside = *inherited; }

int owned_pipe(int ends[2], uid_t uid, gid_t gid) {
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  if (fchown(ends[0], uid, gid) == 0) return 0;
  int failed = -errno;
  close(ends[0]);
  close(ends[1]);
  return failed;
}

/* The keeper protects itself from the OOM killer and takes as many descriptors as it may; a container does not
 * inherit that. Its own values are steps of its program. */
static void give_back(void) {
  char value[16];
  int length = snprintf(value, sizeof value, "%d", outside.oom_score_adj);
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd >= 0) {
    if (write(fd, value, (size_t)length) < 0) length = 0; /* no more than a wish: the value stays as it is */
    close(fd);
  }
  setrlimit(RLIMIT_NOFILE, &outside.files);
}

_Noreturn static void run_child(const struct spawn *spawn, int report) {
  static int keep[FDS_MAX + 8];
  int count = 0;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (int i = 0; i < spawn->slot_count; i++) keep[count++] = spawn->slots[i];
  for (int i = 0; i < 3; i++) keep[count++] = spawn->stdio[i];
  keep[count++] = spawn->program;
  keep[count++] = report;
  close_all_but(keep, count);
  give_back();
  struct context context = {.slots = spawn->slots,
                            .slot_count = spawn->slot_count,
                            .stdio = {spawn->stdio[0], spawn->stdio[1], spawn->stdio[2]},
                            .report = report,
                            .rows = spawn->rows,
                            .columns = spawn->columns,
                            .progress = spawn->progress};
  program_run(spawn->program, &context);
}

int spawn(const struct spawn *spawn, pid_t *pid, int *pidfd, int *report) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  struct clone_args arguments = {.flags = spawn->flags | CLONE_PIDFD,
                                 .pidfd = (uintptr_t)pidfd,
                                 .exit_signal = SIGCHLD};
  if (spawn->cgroup >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = (uint64_t)spawn->cgroup;
  }
  *spawn->progress = 0;
  long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) run_child(spawn, ends[1]);
  int failed = child < 0 ? -errno : 0;
  close(ends[1]);
  if (failed) {
    close(ends[0]);
    return failed;
  }
  *pid = (pid_t)child;
  *report = ends[0];
  return set_nonblocking(ends[0]);
}

uint64_t start_time(pid_t pid) {
  char bytes[1024];
  snprintf(bytes, sizeof bytes, "/proc/%d/stat", pid);
  int fd = open(bytes, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t count = read(fd, bytes, sizeof bytes - 1);
  close(fd);
  bytes[count < 0 ? 0 : count] = 0;
  /* The name, field 2, may hold spaces and brackets: the fields are counted from its end. */
  const char *at = strrchr(bytes, ')');
  for (int field = 2; at && field < 22; field++) at = strchr(at + 1, ' ');
  return at ? strtoull(at, NULL, 10) : 0;
}

int write_exit(int folder, uint32_t run, uint32_t status, uint64_t wall) {
  static const char TEMPORARY[] = "exit.new";
  char name[32], line[64];
  snprintf(name, sizeof name, "exit.%u", run);
  int length = snprintf(line, sizeof line, "%u %llu\n", status, (unsigned long long)wall);
  int fd = openat(folder, TEMPORARY, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  ssize_t written = write(fd, line, (size_t)length);
  int failed = written == length ? 0 : written < 0 ? -errno : -ENOSPC;
  close(fd);
  if (!failed && renameat(folder, TEMPORARY, folder, name) < 0) failed = -errno;
  return failed;
}
