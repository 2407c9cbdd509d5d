/* The requests that concern processes: reading them, and setting up what they ask for. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors.h"
#include "tasks.h"

struct start {
  uint32_t run;
  uint64_t flags;
  uid_t uid;
  gid_t gid;
  uint8_t keep_stdin, pty;
  uint16_t rows, columns;
  uint64_t full;
  uint32_t files;
  int32_t cgroup;
};

/* The descriptors of a START before its slots. */
enum { START_PROGRAM, START_LOG, START_RUN, START_SLOTS };

static int read_start(struct request *request, struct start *start) {
  struct reader *r = &request->payload;
  start->run = take32(r);
  start->flags = take64(r);
  start->uid = take32(r);
  start->gid = take32(r);
  start->keep_stdin = take8(r);
  start->pty = take8(r);
  start->rows = take16(r);
  start->columns = take16(r);
  start->full = take64(r);
  start->files = take32(r);
  start->cgroup = (int32_t)take32(r);
  int slots = request->fd_count - START_SLOTS;
  return r->bad || slots < 0 || start->cgroup >= slots ? -EINVAL : 0;
}

static int take_fd(struct request *request, int index) {
  int fd = request->fds[index];
  request->fds[index] = -1;
  return fd;
}

/* Pipes for the container: `inner` are the program's ends, `outer` ours. */
struct stdio {
  int inner[3], outer[3];
};

static void close_stdio(struct stdio *stdio) {
  for (int i = 0; i < 3; i++) {
    close_fd(&stdio->inner[i]);
    close_fd(&stdio->outer[i]);
  }
}

/* `wanted`: bit i asks for a pipe on descriptor i. */
static int make_stdio(struct stdio *stdio, int wanted, uid_t uid, gid_t gid) {
  *stdio = (struct stdio){{-1, -1, -1}, {-1, -1, -1}};
  for (int i = 0; i < 3; i++) {
    int ends[2];
    if (!(wanted >> i & 1)) continue;
    int failed = owned_pipe(ends, uid, gid);
    if (failed) {
      close_stdio(stdio);
      return failed;
    }
    stdio->inner[i] = ends[i != 0];
    stdio->outer[i] = ends[i == 0];
  }
  return 0;
}

static void close_inner(struct stdio *stdio) {
  for (int i = 0; i < 3; i++) close_fd(&stdio->inner[i]);
}

static int wanted_by(const struct start *start) {
  if (start->pty) return 0;
  return start->keep_stdin ? 7 : 6;
}

static void run_start(struct task *task, const struct start *start, const struct request *request) {
  struct stdio stdio;
  int failed = make_stdio(&stdio, wanted_by(start), start->uid, start->gid);
  if (failed) {
    task_failed_early(task, failed, "pipe");
    return;
  }
  const int *slots = request->fds + START_SLOTS;
  struct spawn how = {.program = request->fds[START_PROGRAM],
                      .slots = slots,
                      .slot_count = request->fd_count - START_SLOTS,
                      .stdio = {stdio.inner[0], stdio.inner[1], stdio.inner[2]},
                      .rows = start->rows,
                      .columns = start->columns,
                      .flags = start->flags,
                      .cgroup = start->cgroup < 0 ? -1 : slots[start->cgroup],
                      .progress = task_progress(task)};
  failed = spawn(&how, &task->first, &task->pidfd, &task->report);
  if (failed) {
    close_stdio(&stdio);
    task_failed_early(task, failed, "clone");
    return;
  }
  close_inner(&stdio);
  task->input = stdio.outer[0];
  for (int i = 1; i < 3; i++)
    if (stdio.outer[i] >= 0) log_attach((uint8_t)i, stdio.outer[i]);
}

void tasks_start(struct request *request) {
  struct start start;
  int failed = read_start(request, &start);
  if (!failed && task_find(0)) failed = -EBUSY;
  struct task *task = failed ? NULL : task_add(0, request);
  if (!task) {
    answer_result(request, failed ? failed : -EAGAIN);
    return;
  }
  task->run = start.run;
  close_fd(&last_run.folder);
  last_run.folder = take_fd(request, START_RUN);
  failed = log_open(take_fd(request, START_LOG), start.full, start.files);
  if (failed)
    task_failed_early(task, failed, "log");
  else
    run_start(task, &start, request);
}

struct exec {
  uint32_t process;
  uid_t uid;
  gid_t gid;
  uint8_t pty, wanted;
  uint16_t rows, columns;
  int slots;
  int32_t cgroup;
};

static int read_exec(struct request *request, struct exec *exec) {
  struct reader *r = &request->payload;
  exec->process = take32(r);
  exec->uid = take32(r);
  exec->gid = take32(r);
  exec->pty = take8(r);
  exec->rows = take16(r);
  exec->columns = take16(r);
  exec->wanted = take8(r) & 7;
  uint32_t slots = take32(r);
  exec->slots = (int)slots;
  exec->cgroup = request->frame.type == REQUEST_EXEC_INTO ? (int32_t)take32(r) : -1;
  int streams = __builtin_popcount(exec->wanted);
  if (r->bad || !exec->process || slots > FDS_MAX) return -EINVAL;
  if (exec->pty && exec->wanted) return -EINVAL;
  if (exec->cgroup >= exec->slots) return -EINVAL;
  return request->fd_count == 1 + exec->slots + streams ? 0 : -EINVAL;
}

/* Whether the caller's stdout and stderr lead to the same place. */
static int one_output(const struct exec *exec, const int *callers) {
  struct stat out, err;
  if ((exec->wanted & 6) != 6) return 0;
  callers += exec->wanted & 1;
  return fstat(callers[0], &out) == 0 && fstat(callers[1], &err) == 0 && out.st_dev == err.st_dev &&
         out.st_ino == err.st_ino;
}

static int pump_stdio(struct task *task, struct stdio *stdio, const int *callers) {
  int failed = 0;
  for (int i = 0; i < 3 && !failed; i++) {
    if (stdio->outer[i] < 0) continue;
    int caller = *callers++;
    failed = i == 0 ? task_pump(task, PUMP_INPUT, caller, stdio->outer[i], -1)
                    : task_pump(task, PUMP_OUTPUT, stdio->outer[i], caller, -1);
  }
  return failed;
}

static void run_exec(struct task *task, const struct exec *exec, const struct request *request) {
  const int *callers = request->fds + 1 + exec->slots;
  struct stdio stdio;
  /* What goes to one place goes there by one pipe: two would lose the order of what is written. */
  int together = one_output(exec, callers);
  int failed = make_stdio(&stdio, together ? exec->wanted & 3 : exec->wanted, exec->uid, exec->gid);
  if (!failed && together && (stdio.inner[2] = fcntl(stdio.inner[1], F_DUPFD_CLOEXEC, 3)) < 0) {
    failed = -errno;
    close_stdio(&stdio);
  }
  if (failed) {
    task_failed_early(task, failed, "pipe");
    return;
  }
  struct spawn how = {.program = request->fds[0],
                      .slots = request->fds + 1,
                      .slot_count = exec->slots,
                      .stdio = {stdio.inner[0], stdio.inner[1], stdio.inner[2]},
                      .rows = exec->rows,
                      .columns = exec->columns,
                      .cgroup = exec->cgroup < 0 ? -1 : request->fds[1 + exec->cgroup],
                      .progress = task_progress(task)};
  failed = spawn(&how, &task->first, &task->pidfd, &task->report);
  if (failed) {
    task_failed_early(task, failed, "clone");
  } else {
    close_inner(&stdio);
    failed = pump_stdio(task, &stdio, callers);
    if (failed) task_failed_late(task, failed, "fork");
  }
  close_stdio(&stdio);
}

void tasks_exec(struct request *request) {
  struct exec exec;
  int failed = read_exec(request, &exec);
  if (!failed && task_find(exec.process)) failed = -EEXIST;
  struct task *task = failed ? NULL : task_add(exec.process, request);
  if (task) {
    task->run = last_run.run;
    run_exec(task, &exec, request);
  } else {
    answer_result(request, failed ? failed : -EAGAIN);
  }
}

/* The task that a request names, when its process can still be reached. */
static struct task *live(struct request *request) {
  struct task *task = task_find(take32(&request->payload));
  return task && task->state == RUNNING && task->pid ? task : NULL;
}

int tasks_signal(struct request *request) {
  struct task *task = live(request);
  int number = (int)take32(&request->payload);
  int whole_group = take8(&request->payload);
  if (request->payload.bad) return -EINVAL;
  if (!task) return -ESRCH;
  /* Not reaped, so the number is still its own. A process that made no group of its own is in ours. */
  pid_t group = whole_group ? getpgid(task->pid) : 0;
  pid_t target = group > 1 && group != getpgrp() ? -group : task->pid;
  return kill(target, number) < 0 ? -errno : 0;
}

int tasks_resize(struct request *request) {
  struct task *task = live(request);
  struct winsize size = {0};
  size.ws_row = take16(&request->payload);
  size.ws_col = take16(&request->payload);
  if (request->payload.bad) return -EINVAL;
  if (!task) return -ESRCH;
  if (task->master < 0) return -ENOTTY;
  return ioctl(task->master, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

static int pump_stdin(struct request *request, int leashed) {
  struct task *task = live(request);
  int last = request->payload.at < request->payload.end && take8(&request->payload);
  if (request->payload.bad || request->fd_count != 1 + leashed) return -EINVAL;
  if (!task) return -ESRCH;
  int to = task->input >= 0 ? task->input : task->master;
  if (to < 0) return -EBADF;
  int failed = task_pump(task, PUMP_INPUT, request->fds[0], to, leashed ? request->fds[1] : -1);
  if (!failed && leashed) request->fds[1] = -1;
  if (!failed && last) close_fd(&task->input);
  return failed;
}

int tasks_stdin(struct request *request) { return pump_stdin(request, 0); }

int tasks_stdin_leashed(struct request *request) { return pump_stdin(request, 1); }

/* The pumps have copies of their own: the process reads its end when the last of them has delivered. */
int tasks_stdin_end(struct request *request) {
  struct task *task = live(request);
  if (request->payload.bad) return -EINVAL;
  if (!task) return -ESRCH;
  close_fd(&task->input);
  return 0;
}

/* Also of one that has ended and whose output nobody takes. */
int tasks_leave(struct request *request) {
  struct task *task = task_find(take32(&request->payload));
  if (request->payload.bad) return -EINVAL;
  if (!task || (task->state != RUNNING && task->state != DRAINING)) return -ESRCH;
  task_leave(task);
  return 0;
}

void tasks_status(const struct request *request) {
  static uint8_t bytes[FRAME_HEADER + 64 + 8 * TASKS_MAX];
  uint32_t execs = 0;
  for (int i = 0; i < TASKS_MAX; i++) execs += tasks[i].state == RUNNING && tasks[i].process;
  struct writer w = frame_begin(bytes, sizeof bytes, ANSWER_STATUS, request->frame.tag);
  put8(&w, last_run.state);
  put32(&w, last_run.run);
  put32(&w, last_run.pid);
  put64(&w, last_run.start);
  put32(&w, last_run.status);
  put64(&w, last_run.wall);
  put64(&w, log_bytes());
  put64(&w, log_dropped());
  put32(&w, execs);
  for (int i = 0; i < TASKS_MAX; i++) {
    if (tasks[i].state != RUNNING || !tasks[i].process) continue;
    put32(&w, tasks[i].process);
    put32(&w, (uint32_t)tasks[i].pid);
  }
  answer(request->connection, &w, NULL, 0);
}
