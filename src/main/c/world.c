/* The world that the engine lives in: nothing of it is the first caller's, but what lib/engine.env names. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "java.h"
#include "kernel.h"
#include "launcher.h"

enum { ENVIRONMENT_MAX = 64, ENVIRONMENT_BYTES = 16 * 1024 };
enum { FILES_SOFT = 1024, STACK_SOFT = 8 * 1024 * 1024 };

/* The engine's descriptors are put together above those numbers that they are to have. */
enum { FIRST_FREE = 16, ENGINE_FDS = 6 };

const char *world_setting(char *const *environment, const char *name, const char *otherwise) {
  size_t length = strlen(name);
  for (; *environment; environment++)
    if (!strncmp(*environment, name, length) && (*environment)[length] == '=' && (*environment)[length + 1])
      return *environment + length + 1;
  return otherwise;
}

static void soft_limit(int resource, rlim_t soft) {
  struct rlimit limit;
  if (getrlimit(resource, &limit) < 0) return;
  limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
  setrlimit(resource, &limit);
}

/* The soft limits of whoever called first are not ours: each becomes what a login gives, or its hard one. */
static void clean_limits(void) {
  for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
    if (resource == RLIMIT_NOFILE)
      soft_limit(resource, FILES_SOFT);
    else if (resource == RLIMIT_STACK)
      soft_limit(resource, STACK_SOFT);
    else
      soft_limit(resource, resource == RLIMIT_CORE ? 0 : RLIM_INFINITY);
  }
}

static void protect_from_oom(void) {
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  /* Refused to a root that may not: then the engine is as likely a victim as any. */
  if (write(fd, "-900", 4) < 0) errno = 0;
  close(fd);
}

void world_clean(struct inherited *inherited) {
  signals_default();
  umask(022);
  if (chdir("/") < 0) _exit(1);
  setpriority(PRIO_PROCESS, 0, 0);
  clean_limits();
  protect_from_oom();
  getrlimit(RLIMIT_NOFILE, &inherited->files);
  inherited->oom_score_adj = 0;
}

static struct {
  char *list[ENVIRONMENT_MAX + 1];
  int count;
  char bytes[ENVIRONMENT_BYTES];
  size_t used;
} environment_;

static void add_variable(const char *name, const char *value) {
  size_t length = strlen(name) + 1 + strlen(value) + 1;
  if (environment_.count == ENVIRONMENT_MAX || environment_.used + length > ENVIRONMENT_BYTES) return;
  char *start = environment_.bytes + environment_.used;
  strcpy(stpcpy(stpcpy(start, name), "="), value);
  environment_.list[environment_.count++] = start;
  environment_.list[environment_.count] = NULL;
  environment_.used += length;
}

char **world_environment(const struct world *world) {
  environment_.count = 0;
  environment_.used = 0;
  add_variable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  add_variable("HOME", "/root");
  add_variable("LANG", "C.UTF-8");
  /* Else glibc keeps a heap for every few threads, and with many short ones the engine grows by a third. */
  add_variable("MALLOC_ARENA_MAX", "1");
  add_variable("JCOMPOSE_ROOT", world_setting(world->caller, "JCOMPOSE_ROOT", "/var/lib/jcompose"));
  add_variable("JCOMPOSE_RUN", world_setting(world->caller, "JCOMPOSE_RUN", "/run/jcompose"));
  char *rest = lib_file(world->lib, "engine.env");
  if (!rest) return environment_.list; /* no such file: nothing more */
  for (char *name; (name = strsep(&rest, "\n"));) {
    const char *value = *name ? world_setting(world->caller, name, NULL) : NULL;
    if (value) add_variable(name, value);
  }
  return environment_.list;
}

static int place_fds(const struct world *world, int failure) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  int wanted[ENGINE_FDS] = {null, world->log, world->log, world->listener, world->control, world->alive};
  int high[ENGINE_FDS];
  for (int i = 0; i < ENGINE_FDS; i++) {
    high[i] = fcntl(wanted[i], F_DUPFD_CLOEXEC, FIRST_FREE);
    if (high[i] < 0) return -errno;
  }
  failure = fcntl(failure, F_DUPFD_CLOEXEC, FIRST_FREE);
  for (int i = 0; i < ENGINE_FDS; i++)
    if (dup2(high[i], i) < 0) return -errno;
  /* What is not closed here closes itself on exec. */
  k_close_range(ENGINE_FDS, FIRST_FREE - 1);
  return failure < 0 ? -errno : failure;
}

_Noreturn static void become_engine(const struct world *world, char **argv, int failure) {
  signals_default();
  setsid();
  failure = place_fds(world, failure);
  if (failure >= 0) {
    execve(argv[0], argv, environment_.list);
    int error = errno;
    if (write(failure, &error, sizeof error) < 0) _exit(126);
  }
  _exit(127);
}

pid_t world_start(const struct world *world, const char **what) {
  static char *argv[JAVA_ARGUMENTS_MAX + 1];
  int ends[2], error = 0;
  char *const none[] = {NULL};
  *what = "lib/engine.args";
  int failed = java_command(world->lib, "engine.args", none, argv);
  if (failed) return failed;
  world_environment(world);
  *what = argv[0];
  if (pipe2(ends, O_CLOEXEC) < 0) return -errno;
  pid_t pid = fork();
  if (pid == 0) become_engine(world, argv, ends[1]);
  failed = pid < 0 ? -errno : 0;
  close(ends[1]);
  if (!failed && read(ends[0], &error, sizeof error) == sizeof error) failed = -error;
  close(ends[0]);
  return failed ? failed : pid;
}
