/* What tasks.c and requests.c share: the table of the processes that a keeper is the parent of. */
#pragma once

#include "keeper.h"
#include "program.h"

enum task_state { FREE, STARTING, ABANDONED, FAILING, RUNNING, DRAINING };
enum { NOBODY = -1 };

struct task {
  enum task_state state;
  uint32_t process; /* 0: the container's pid 1, else an exec */
  pid_t first;      /* what was cloned; an exec's leaves when it has cloned the process proper. 0: reaped */
  pid_t pid;        /* the process proper; 0: not known yet, or reaped */
  /* Its number and start time as the first process has told; 0: it has told none. They stay: who is quick has ended
   * and is reaped before the first process has. */
  pid_t forked;
  uint64_t forked_start;
  int pidfd, report, master;
  int input; /* the kept end of the container's stdin, or -1 */
  int asker;
  uint32_t tag;
  uint32_t run;
  uint32_t status, step, error;
  uint64_t wall;
  int pumps; /* outputs not yet delivered */
  char argument[ARGUMENT_MAX + 1];
};

/* What is known of the container's last run. */
struct run {
  uint8_t state; /* as in STATUS */
  uint32_t run, pid, status;
  uint64_t start, wall;
  int folder;
};

extern struct task tasks[TASKS_MAX];
extern struct run last_run;

struct task *task_find(uint32_t process);
/* A free place in the table, STARTING; NULL when there is none. */
struct task *task_add(uint32_t process, const struct request *request);
volatile uint32_t *task_progress(const struct task *task);
/* It is stopped when a byte comes by leash, which it takes over; -1: it has none. */
int task_pump(struct task *task, enum pump_kind kind, int from, int to, int leash);
/* Its caller has gone: lets go of the caller's descriptors. */
void task_leave(const struct task *task);
/* The start has failed before its first step: answers and forgets. */
void task_failed_early(struct task *task, int failed, const char *what);
/* The start has failed after the clone: kills, and answers when all is reaped. */
void task_failed_late(struct task *task, int failed, const char *what);
