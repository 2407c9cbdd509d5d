/* `timed RUNS COMMAND…` runs a command so many times, with its output thrown away, and prints the median of the
 * milliseconds from its start to its exit. A run that fails is told of, and ends the measuring. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  int runs = count > 2 ? atoi(arguments[1]) : 0;
  if (runs < 1) {
    fprintf(stderr, "usage: timed RUNS COMMAND...\n");
    return 2;
  }
  double *took = calloc((size_t)runs, sizeof *took);
  if (!took) return 1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  for (int i = 0; i < runs; i++) {
    pid_t child;
    int status;
    double begin = now_ms();
    if (posix_spawnp(&child, arguments[2], &actions, NULL, arguments + 2, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0) {
      fprintf(stderr, "timed: %s failed in run %d\n", arguments[2], i + 1);
      return 1;
    }
    took[i] = now_ms() - begin;
  }
  qsort(took, (size_t)runs, sizeof *took, compare);
  printf("%.2f\n", took[runs / 2]);
  free(took);
  return 0;
}
