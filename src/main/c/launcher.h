/* The launcher: launcher.md. */
#pragma once

#include "keeper.h"

/* argv[0] of the process that is to be a launcher. */
#define LAUNCHER_NAME "jcompose-launcher"

enum { READY_FD = 3 };

/* The launcher's own main: argv[1] is the lib folder; descriptor 3 a pipe that gets the reason of a failure, and
 * is closed when the engine's socket listens. */
int launcher_main(int argc, char **argv, char **environment);

/* world.c: the engine's process. */
struct world {
  const char *lib;
  char *const *caller; /* the first caller's environment */
  int listener, control, alive, log;
};
/* Starts it; the pid, or -errno when it could not be executed, with *what naming the reason. */
pid_t world_start(const struct world *world, const char **what);
/* Puts this process into a clean world; what keepers give back to what they start is noted. */
void world_clean(struct inherited *inherited);
/* The variables that the engine has; of the caller's only those that lib/engine.env names. Valid until the next call. */
char **world_environment(const struct world *world);
const char *world_setting(char *const *environment, const char *name, const char *otherwise);

/* sealed.c: goes on as a copy of this binary that nobody can write to; returns only with -errno. When this is
 * such a copy already, 0. */
int sealed_exec(char **argv, char **environment);
