/* The client: client.md. */
#pragma once

#include <stdint.h>

#include "frame.h"

enum { INVOKE = 1, STDIN_BYTES, STDIN_EOF, RESIZE, SIGNAL };
enum { ACCEPTED = 0x80, OUT, ERR, INPUT, EXIT_CODE, REFUSED, STOP_SELF, RESUMABLE, SHOWN, STOPPED };
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

/* kept.c */
/* Keeps a part in the place of the one with this key; without bytes it is forgotten. 0 or -ENOSPC. */
int kept_part(uint32_t key, const void *bytes, uint32_t length);
/* All parts, as INVOKE ends with them. */
void kept_put(struct writer *w);

/* show.c */
/* Takes what is to be shown on a descriptor; at most FRAME_MAX bytes, and only when none are waiting. */
void show_begin(int fd, const uint8_t *bytes, size_t length);
/* Whether some of it waits, and for which descriptor: -1 when nothing does. */
int show_waits(void);
int show_fd(void);
/* Writes what the descriptor takes now; 0, or -errno when it takes nothing any more. */
int show_some(void);

/* invoke.c */
/* Sends the command, and what was kept of an earlier try; 0 or -errno: -EINTR when `signals` has something to be read before all was taken. */
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

/* signals.c */
/* From now on signals wait in the descriptor that is returned; a second call changes nothing. */
int signals_open(void);
void signals_close(void);
/* The next signal that came, or 0. */
int signals_next(void);
/* Whether it ends a program that does nothing about it. */
int signals_ends(int number);
/* SIGTSTP came: what it does by itself. */
void signals_stop(void);

/* session.c: one connection, from INVOKE to its end. */
enum outcome { EXITED, CLOSED_EARLY, LOST, REFUSED_HERE, AGAIN, CUT_OFF, ENGINE_STOPPED };
struct ending {
  enum outcome outcome;
  int code;
  int progress; /* something was shown or kept */
  int engine_leaves;
  char message[1024];
};
/* `until`: when it must have been accepted, on the monotonic clock in ms; 0: never. */
void session_run(int socket, const struct invocation *invocation, int64_t until, struct ending *ending);
/* Between two engines: waits, and sees to signals. 0, or 1 when one of them ends the command. */
int session_rest(int milliseconds, struct ending *ending);

/* gap.c: between two engines. */
int64_t gap_now(void);
/* The engine has ended, and the command can be gone on with. 0 or -1 when that has happened too often. */
int gap_begin(const struct ending *ending);
/* When the next engine must have taken the command; 0 outside a gap. */
int64_t gap_until(void);
enum gap {
  GAP_AGAIN,   /* it is worth another try */
  GAP_START,   /* an engine is to be started */
  GAP_LEAVE,   /* a signal has ended the command */
  GAP_GIVE_UP, /* it has taken too long */
};
/* What to do after connecting has failed, or (without an error) after a connection that took no command. */
enum gap gap_wait(int error, struct ending *ending);

/* local.c */
/* The folder lib beside the binary's bin. */
const char *local_lib(void);
uint64_t local_build(const char *lib);
/* Whether a verb can be done by a JVM of the caller's own: always, when no engine runs, or never. */
enum need { NO_ENGINE, ENGINE_IF_ANY, ENGINE };
/* The verb of a command line, or NULL. */
const char *local_verb(const struct invocation *invocation, enum need *need);
/* Becomes that JVM; returns when it can't, having said why. */
void local_run(const struct invocation *invocation);
/* Starts a launcher and waits until it listens. 0, or -1 having said why not. */
int local_launch(const struct invocation *invocation);
