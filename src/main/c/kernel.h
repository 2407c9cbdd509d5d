/* System calls that not every libc of the kernels we support (5.15 on) has a function for. */
#pragma once

#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif

/* <sys/mount.h> and <linux/mount.h> can't be included together on every libc, so these have names of ours. */
enum { TREE_CLONE = 1, TREE_CLOEXEC = O_CLOEXEC };
enum { MOVE_FROM_FD = 0x4, MOVE_TO_FD = 0x40 };
enum { ATTRIBUTE_RDONLY = 0x1 };

struct mount_attributes {
  uint64_t set;
  uint64_t clear;
  uint64_t propagation;
  uint64_t userns_fd;
};

static inline int k_openat2(int dir, const char *path, uint64_t flags, uint64_t resolve) {
  struct open_how how = {.flags = flags | O_CLOEXEC, .resolve = resolve};
  return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

static inline int k_open_tree(int fd, const char *path, unsigned flags) {
  return (int)syscall(SYS_open_tree, fd, path, flags);
}

static inline int k_move_mount(int from, int to) {
  return (int)syscall(SYS_move_mount, from, "", to, "", MOVE_FROM_FD | MOVE_TO_FD);
}

static inline int k_mount_setattr(int fd, unsigned flags, const struct mount_attributes *attributes) {
  return (int)syscall(SYS_mount_setattr, fd, "", flags | AT_EMPTY_PATH, attributes, sizeof *attributes);
}

static inline int k_close_range(unsigned first, unsigned last) {
  return (int)syscall(SYS_close_range, first, last, 0);
}

static inline int k_pidfd_send_signal(int pidfd, int number) {
  return (int)syscall(SYS_pidfd_send_signal, pidfd, number, NULL, 0);
}

/* Gives every signal its default effect and blocks none. The kernel is asked, because a libc keeps two of the real-time
   signals to itself, and posix_spawn(3) of glibc leaves just these ignored. */
static inline int signals_default(void) {
  static const uint64_t by_default[8]; /* larger than the kernel's struct sigaction */
  uint64_t none = 0;
  for (int number = 1; number < NSIG; number++) syscall(SYS_rt_sigaction, number, by_default, NULL, sizeof none);
  return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof none);
}
