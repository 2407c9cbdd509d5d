/* The last steps: the working directory, a pid 1 that reaps, and execve. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kernel.h"
#include "operations.h"
#include "path.h"

enum { STRINGS_MAX = 0x10000 };

/* Not on the stack: it may be half a megabyte, of which only the pages that are used become memory. */
static const char *strings[STRINGS_MAX + 2];

/* CVE-2024-21626: a working directory of /proc/self/fd/N would be a folder of the host. Links of that kind are
 * refused, and where we are is looked at once more: getcwd(2) answers "(unreachable)" outside of the root. */
int do_chdir(struct context *context, struct step *step) {
  const char *path;
  char here[PATH_LENGTH_MAX];
  int failed = step_string(context, step, &path);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH | O_DIRECTORY, LINKS_INSIDE);
  if (fd < 0) return fd;
  if (fchdir(fd) < 0)
    failed = -errno;
  else if (syscall(SYS_getcwd, here, sizeof here) < 0)
    failed = -errno;
  else if (here[0] != '/')
    failed = -EXDEV;
  close(fd);
  return failed;
}

static void set_handlers(sigset_t *all) {
  sigfillset(all);
  sigprocmask(SIG_SETMASK, all, NULL);
}

static int reap(pid_t child) {
  int status, code = -1;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == child) code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code;
}

_Noreturn static void stay_as_init(pid_t child) {
  sigset_t all;
  set_handlers(&all);
  k_close_range(3, ~0U);
  for (;;) {
    int code = reap(child);
    /* Leaving ends all that is left in the pid namespace. */
    if (code >= 0) _exit(code);
    int number = sigwaitinfo(&all, NULL);
    if (number > 0 && number != SIGCHLD) kill(child, number);
  }
}

/* A group of its own in the foreground: or what is typed would reach the child twice, from the terminal and
 * from the pid 1 that forwards it. */
static void lead_group(const sigset_t *before) {
  setpgid(0, 0);
  ioctl(0, TIOCSPGRP, &(pid_t){getpgrp()}); /* fails without a terminal, and is not needed then */
  sigprocmask(SIG_SETMASK, before, NULL);
}

int do_init(struct context *context, struct step *step) {
  sigset_t all, before;
  (void)context, (void)step;
  sigfillset(&all);
  /* Blocked before the fork: nothing that arrives meanwhile is lost, and TTOU can't stop the child. */
  sigprocmask(SIG_SETMASK, &all, &before);
  prctl(PR_SET_NAME, "jcompose-init"); /* before the child can look; its own name comes with its exec */
  pid_t child = fork();
  if (child < 0) return -errno;
  if (child > 0) stay_as_init(child);
  lead_group(&before);
  return 0;
}

static const char *environment_path(char *const *environment) {
  for (; *environment; environment++)
    if (!strncmp(*environment, "PATH=", 5)) return *environment + 5;
  return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
}

static int execute_in(const char *folder, size_t length, char *const *argv, char *const *environment) {
  char path[PATH_LENGTH_MAX];
  size_t name = strlen(argv[0]);
  if (length + name + 2 > sizeof path) return -ENAMETOOLONG;
  memcpy(path, folder, length);
  if (length) path[length++] = '/';
  memcpy(path + length, argv[0], name + 1);
  execve(path, argv, environment);
  return -errno;
}

/* As a shell does it: a file that may not be executed is remembered, and a later one that may be wins. */
static int execute(char *const *argv, char *const *environment) {
  int failed = -ENOENT;
  if (strchr(argv[0], '/')) return execute_in("", 0, argv, environment);
  if (!argv[0][0]) return -ENOENT;
  for (const char *folder = environment_path(environment);;) {
    size_t length = strcspn(folder, ":");
    int error = execute_in(folder, length, argv, environment);
    if (error == -EACCES)
      failed = error;
    else if (error != -ENOENT && error != -ENOTDIR && error != -ENAMETOOLONG)
      return error;
    if (!folder[length]) return failed;
    folder += length + 1;
  }
}

int do_exec(struct context *context, struct step *step) {
  int64_t argc;
  uint32_t count = 0, total = step->left;
  int failed = step_integer(step, &argc);
  if (failed) return failed;
  if (argc < 1 || argc >= total) return -EINVAL;
  for (uint32_t i = 0; i < total - 1; i++) {
    if (i == argc) strings[count++] = NULL;
    failed = step_string(context, step, &strings[count++]);
    if (failed) return failed;
  }
  if (count == argc) strings[count++] = NULL;
  strings[count] = NULL;
  concerns(context, strings[0]);
  *context->progress = PROGRESS_EXEC;
  char *const *argv = (char *const *)(uintptr_t)strings;
  return execute(argv, argv + argc + 1);
}
