/* A keeper without a launcher, for tests: takes the listening socket of its parent by number. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "keeper.h"

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int parent = (int)syscall(SYS_pidfd_open, atoi(argv[1]), 0);
  int listener = (int)syscall(SYS_pidfd_getfd, parent, atoi(argv[2]), 0);
  if (listener < 0) {
    perror("pidfd_getfd");
    return 1;
  }
  close(parent);
  struct inherited inherited = {.oom_score_adj = 0};
  getrlimit(RLIMIT_NOFILE, &inherited.files);
  keeper_run(listener, &inherited);
}
