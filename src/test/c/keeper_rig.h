/* What the tests of the keeper share: a keeper, one connection to it, programs and the log. */
#pragma once

#include "check.h"
#include "frame.h"
#include "keeper.h"

enum { TEXT = 1 << 22 };

/* The keeper of this test. */
extern struct rig {
  char folder[64], root[96], log[96], run[96], mnt[96];
  pid_t pid;
  int socket, events;
  uint32_t tag;
} k;

/* What read_log and read_all have found. */
extern char text[TEXT];
/* The frame that request begins. */
extern uint8_t buffer[FRAME_HEADER + FRAME_MAX];
extern const char *const ENVIRONMENT[];

/* One request and its answer. */
struct reply {
  struct frame frame;
  struct reader payload;
  uint8_t bytes[FRAME_HEADER + FRAME_MAX];
  int fds[FDS_MAX], count;
};

int connect_keeper(void);
void fork_keeper(void);
/* A keeper with a busybox root beside it, in a mount namespace of the test's own. */
void keeper_begin(void);
struct writer request(uint16_t type);
void receive(int socket, struct reply *reply);
void ask(struct writer *w, const int *fds, int count, struct reply *reply);
uint16_t ask_simple(uint16_t type);
void subscribe(void);
/* Waits for the EXITED event of a process; its status. */
uint32_t exited(uint32_t process);
/* Ends it, and fails when a process is left. */
void keeper_end(void);
int root_tree(void);
/* The steps to a root with /proc and /dev, and those from there to the user's program. */
void steps_root(struct script *s);
void steps_last(struct script *s);
void steps_shell(struct script *s, const char *command);
/* START as run 7. */
void start_script(const struct script *s, int pty, int keep_stdin, uint64_t full, uint32_t files,
                  struct reply *reply);
/* Checks that it was STARTED; the pidfd. */
int started(struct reply *reply);
/* Checks that it FAILED at a step (-1: at any) with an errno and an argument. */
void failed(struct reply *reply, uint32_t step, int error, const char *argument);
void start_shell(const char *command, int keep_stdin);
/* The payload of a stream in all log files, put together in `text`; its length. */
size_t read_log(uint8_t wanted);
void check_exit_file(const char *expected);
/* A container that does nothing, to exec in; its pidfd. */
int start_sleeper(void);
void stop_sleeper(int pidfd);
