/* What the client does without an engine: starts one, or runs the verb in a JVM of the caller's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "java.h"
#include "kernel.h"
#include "launcher.h"

/* PAD_LENGTH: room for the names that keepers are given; it is argv that they are written over. */
enum { PAD_LENGTH = 160, FIRST_FREE = 16 };

const char *local_lib(void) {
  static char path[LIB_PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 8);
  path[length < 0 ? 0 : length] = 0;
  for (int i = 0; i < 2; i++) {
    char *slash = strrchr(path, '/');
    if (slash) *slash = 0;
  }
  strcat(path, "/lib");
  return path;
}

uint64_t local_build(const char *lib) {
  const char *build = lib_file(lib, "build");
  return build ? strtoull(build, NULL, 10) : 0;
}

/* Is there a line "kind name" in lib/verbs? */
static int listed(const char *verbs, const char *kind, const char *name, size_t length) {
  size_t kind_length = strlen(kind);
  for (const char *line = verbs; line && *line; line = strchr(line, '\n'), line += line != NULL) {
    if (strncmp(line, kind, kind_length) || line[kind_length] != ' ') continue;
    const char *value = line + kind_length + 1;
    if (strcspn(value, "\n") == length && !strncmp(value, name, length)) return 1;
  }
  return 0;
}

static int asks_for_help(const char *argument) {
  return argument && (!strcmp(argument, "--help") || !strcmp(argument, "-h") || !strcmp(argument, "--version"));
}

static enum need need_of(const char *verbs, char *const *argument) {
  static char pair[256];
  if (listed(verbs, "verb", argument[0], strlen(argument[0]))) return NO_ENGINE;
  if (!argument[1]) return ENGINE;
  if (!strcmp(argument[1], "--help")) return NO_ENGINE;
  snprintf(pair, sizeof pair, "%s %s", argument[0], argument[1]);
  return listed(verbs, "idle", pair, strlen(pair)) ? ENGINE_IF_ANY : ENGINE;
}

const char *local_verb(const struct invocation *invocation, enum need *need) {
  const char *verbs = lib_file(invocation->lib, "verbs");
  char **argument = invocation->argc > 0 ? invocation->argv + 1 : invocation->argv;
  *need = NO_ENGINE;
  for (; *argument && (*argument)[0] == '-' && (*argument)[1]; argument++) {
    if (asks_for_help(*argument)) return NULL;
    if (listed(verbs, "option", *argument, strlen(*argument)) && argument[1]) argument++;
  }
  if (!*argument) return NULL;
  *need = need_of(verbs, argument);
  return *argument;
}

void local_run(const struct invocation *invocation) {
  static char *argv[JAVA_ARGUMENTS_MAX + 1];
  int failed = java_command(invocation->lib, "local.args", invocation->argv + (invocation->argc > 0), argv);
  if (!failed) {
    for (int i = 0; i < 3; i++)
      if (invocation->closed >> i & 1) close(i);
    execve(argv[0], argv, invocation->environment);
    failed = -errno;
  }
  say("cannot run Java (%s): %s: the installation below %s is not whole", argv[0] ? argv[0] : "lib/java",
      strerror(-failed), invocation->lib);
}

_Noreturn static void become_launcher(const struct invocation *invocation, int ready) {
  static char pad[PAD_LENGTH + 1];
  char *argv[] = {(char *)LAUNCHER_NAME, (char *)(uintptr_t)invocation->lib, pad, NULL};
  memset(pad, ' ', PAD_LENGTH);
  setsid();
  ready = fcntl(ready, F_DUPFD, FIRST_FREE);
  int null = open("/dev/null", O_RDWR);
  for (int i = 0; i < 3; i++) dup2(null, i);
  dup2(ready, READY_FD);
  k_close_range(READY_FD + 1, ~0U);
  /* Not a child of the caller's session leader, nor one that could take a terminal. */
  if (fork()) _exit(0);
  execve("/proc/self/exe", argv, invocation->environment);
  _exit(127);
}

int local_launch(const struct invocation *invocation) {
  char reason[512];
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) {
    say("cannot start the engine: %s", strerror(errno));
    return -1;
  }
  pid_t pid = fork();
  if (pid == 0) become_launcher(invocation, ends[1]);
  close(ends[1]);
  if (pid > 0) waitpid(pid, NULL, 0);
  ssize_t length = read(ends[0], reason, sizeof reason);
  close(ends[0]);
  if (pid > 0 && length == 0) return 0;
  if (length > 0)
    say("%.*s", (int)length, reason);
  else
    say("cannot start the engine: %s", strerror(errno));
  return -1;
}
