/* What the tests of the native part share: assertions, and step programs written in C. */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define CHECK(condition, ...)                                              \
  do {                                                                     \
    if (!(condition)) {                                                    \
      fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition);      \
      fprintf(stderr, " " __VA_ARGS__);                                    \
      fprintf(stderr, " (errno %s)\n", strerror(errno));                   \
      exit(1);                                                             \
    }                                                                      \
  } while (0)

struct test {
  const char *name;
  void (*run)(void);
};

/* Each in a process of its own; the number that failed. */
int run_tests(const struct test *tests, int count, const char *only);

/* A step program being written. */
struct script {
  uint8_t bytes[64 * 1024];
  size_t length;
};

void script_begin(struct script *script);
/* A step; `kinds` has a letter an argument: i an int64_t, s a string, b bytes (pointer, then size_t). */
void script_step(struct script *script, int operation, const char *kinds, ...);
void script_exec(struct script *script, const char *const *argv, const char *const *environment);
/* The script in a memfd. */
int script_fd(const struct script *script);

/* A folder of the test's own below /tmp, removed by remove_folder. */
void make_folder(char path[64]);
void remove_folder(const char *path);
/* A folder with busybox under its usual names, and the mount points that a container needs. */
void make_busybox(const char *path);
int count_fds(pid_t pid);

/* The suites: the number of tests that failed. */
int decoder_tests(const char *only);
int keeper_tests(const char *only);
int exec_tests(const char *only);
int program_tests(const char *only);
int client_tests(const char *only);
/* What the launcher starts in the place of Java. */
int fake_engine(int argc, char **argv, char **environment);
