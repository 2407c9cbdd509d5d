/* The client: client.md. */
#pragma once

#include <stdint.h>

#include "frame.h"

enum { INVOKE = 1, STDIN_BYTES, STDIN_EOF, RESIZE, SIGNAL };
enum { ACCEPTED = 0x80, OUT, ERR, INPUT, EXIT_CODE, REFUSED, STOP_SELF };
enum { REFUSED_PLACE = 1, REFUSED_USER, REFUSED_VERSION, REFUSED_OLD };

struct invocation {
  int argc;
  char **argv;
  char **environment;
  const char *run, *lib;
  int terminals, closed; /* bit i: descriptor i is one */
};

int client_main(int argc, char **argv, char **environment);

/* One line on standard error: "jcompose: " and what is said. */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* invoke.c */
/* Sends the command; 0 or -errno: -EINTR when `signals` has something to be read before all was taken. */
int invoke(int socket, int signals, const struct invocation *invocation);

/* terminal.c */
enum input { INPUT_OFF = 0, INPUT_LINES = 1, INPUT_RAW = 2 };
/* The first descriptor that is a terminal, or -1. */
int terminal_of(int terminals);
void terminal_size(int terminals, uint16_t *rows, uint16_t *columns);
void terminal_input(enum input mode);
/* After a stop: what another program did to the terminal meanwhile is undone, when it is ours again. */
void terminal_again(void);
void terminal_restore(void);

/* session.c: one connection, from INVOKE to its end. */
enum outcome { EXITED, CLOSED_EARLY, LOST, REFUSED_HERE, AGAIN };
struct ending {
  enum outcome outcome;
  int code;
  char message[1024];
};
void session_run(int socket, const struct invocation *invocation, struct ending *ending);

/* local.c */
/* The folder lib beside the binary's bin. */
const char *local_lib(void);
uint64_t local_build(const char *lib);
/* The verb of a command line, or NULL; *needs_engine is 0 when a JVM of the caller's own can do it. */
const char *local_verb(const struct invocation *invocation, int *needs_engine);
/* Becomes that JVM; returns when it can't, having said why. */
void local_run(const struct invocation *invocation);
/* Starts a launcher and waits until it listens. 0, or -1 having said why not. */
int local_launch(const struct invocation *invocation);
