#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>

#include "kernel.h"

void close_all_but(const int *keep, int count) {
  for (unsigned first = 3;;) {
    unsigned next = ~0U;
    for (int i = 0; i < count; i++)
      if (keep[i] >= 0 && (unsigned)keep[i] >= first && (unsigned)keep[i] < next) next = (unsigned)keep[i];
    if (next == ~0U) {
      k_close_range(first, ~0U);
      return;
    }
    if (next > first) k_close_range(first, next - 1);
    first = next + 1;
  }
}

void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

int set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -errno;
  return 0;
}
