/* The keeper: keeper.md. It is one process with one thread: what is static in its files is its state. */
#pragma once

#include <poll.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "frame.h"

/* What the world was like before the launcher set it for itself: what starts below a keeper gets it back. */
struct inherited {
  int oom_score_adj;
  struct rlimit files;
};

enum { REQUEST_START = 1, REQUEST_EXEC, REQUEST_SIGNAL, REQUEST_RESIZE, REQUEST_PUT, REQUEST_GET, REQUEST_DROP,
       REQUEST_KEYS, REQUEST_STATUS, REQUEST_SUBSCRIBE, REQUEST_END, REQUEST_STDIN, REQUEST_STDIN_END,
       REQUEST_EXEC_INTO, REQUEST_LEAVE, REQUEST_STDIN_LEASHED };
enum { ANSWER_OK = 0x80, ANSWER_ERROR, ANSWER_STARTED, ANSWER_FAILED, EVENT_EXITED, ANSWER_STATUS, ANSWER_FD,
       ANSWER_KEYS };

struct request {
  int connection;
  struct frame frame;
  struct reader payload;
  int fds[FDS_MAX]; /* a handler that keeps one puts -1 in its place; the others are closed after it */
  int fd_count;
};

/* keeper.c */
_Noreturn void keeper_run(int listener, const struct inherited *inherited);
/* 0 or -errno; a connection that does not read its answers is closed. */
int answer(int connection, struct writer *frame, const int *fds, int count);
/* 0: OK; else ERROR with the errno. */
void answer_result(const struct request *request, int failed);
void broadcast(struct writer *frame);
uint64_t wall_clock(void);

/* tasks.c: the container's pid 1 (process 0) and its execs. Those that answer later do it themselves. */
void tasks_init(void);
void tasks_start(struct request *request);
void tasks_exec(struct request *request);
void tasks_status(const struct request *request);
int tasks_signal(struct request *request);
int tasks_resize(struct request *request);
int tasks_stdin(struct request *request);
int tasks_stdin_leashed(struct request *request);
int tasks_stdin_end(struct request *request);
int tasks_leave(struct request *request);
int tasks_alive(void);
int tasks_poll(struct pollfd *fds);
void tasks_reports(const struct pollfd *fds, int count);
int tasks_poll_leashes(struct pollfd *fds);
void tasks_unleashed(const struct pollfd *fds, int count);
void tasks_reap(void);
void tasks_asker_gone(int connection);
enum { TASKS_MAX = 128, PUMPS_MAX = 3 * TASKS_MAX };

/* spawn.c */
struct spawn {
  int program;
  const int *slots;
  int slot_count;
  int stdio[3];
  uint16_t rows, columns;
  uint64_t flags;
  int cgroup; /* for CLONE_INTO_CGROUP, or -1 */
  volatile uint32_t *progress;
};
void spawn_init(const struct inherited *inherited);
/* Clones a process that runs the program; its report is to be read from *report. 0 or -errno. */
int spawn(const struct spawn *spawn, pid_t *pid, int *pidfd, int *report);
/* A pipe that belongs to a user of the container: ends[0] to read. 0 or -errno. */
int owned_pipe(int ends[2], uid_t uid, gid_t gid);
/* Field 22 of /proc/PID/stat, 0 when the process is gone. */
uint64_t start_time(pid_t pid);
/* exit.<run> in the run folder. 0 or -errno. */
int write_exit(int folder, uint32_t run, uint32_t status, uint64_t wall);

/* pump.c: a process that moves bytes from one descriptor to another until the end. */
enum pump_kind { PUMP_INPUT, PUMP_OUTPUT };
pid_t pump_start(enum pump_kind kind, int from, int to);
/* The writer has exited: deliver what it wrote, wait a moment for what its children write, and leave. */
void pump_finish(pid_t pump);
void pump_stop(pid_t pump);
/* Nobody reads it any more: the target is closed, and what still comes goes nowhere. */
void pump_discard(pid_t pump);

/* log.c */
int log_open(int folder, uint64_t full, uint32_t files);
void log_attach(uint8_t stream, int fd);
void log_detach(void);
void log_mark_run(void);
/* Reads what is there from all streams, to the last byte that does not need waiting for. */
void log_drain(void);
int log_poll(struct pollfd *fds);
void log_read(const struct pollfd *fds, int count);
uint64_t log_bytes(void);
uint64_t log_dropped(void);
enum { LOG_STREAMS = 2 };

/* store.c */
int store_put(struct request *request);
void store_get(struct request *request);
int store_drop(struct request *request);
void store_keys(const struct request *request);
