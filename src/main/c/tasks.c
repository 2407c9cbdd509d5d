/* The processes of a container that its keeper is the parent of: how they start and end. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "tasks.h"

struct task tasks[TASKS_MAX];
struct run last_run = {.folder = -1};

static struct pump {
  pid_t pid; /* 0: free */
  int task;
  enum pump_kind kind;
  int leash;
} pumps[PUMPS_MAX];

static volatile uint32_t *progress;

void tasks_init(void) {
  void *page = mmap(NULL, TASKS_MAX * sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) _exit(1);
  progress = page;
}

static int index_of(const struct task *task) { return (int)(task - tasks); }

struct task *task_find(uint32_t process) {
  for (int i = 0; i < TASKS_MAX; i++)
    if (tasks[i].state != FREE && tasks[i].process == process) return &tasks[i];
  return NULL;
}

int tasks_alive(void) {
  int count = 0;
  for (int i = 0; i < TASKS_MAX; i++) count += tasks[i].state != FREE;
  return count;
}

struct task *task_add(uint32_t process, const struct request *request) {
  struct task *task = tasks;
  while (task < tasks + TASKS_MAX && task->state != FREE) task++;
  if (task == tasks + TASKS_MAX) return NULL;
  memset(task, 0, sizeof *task);
  task->state = STARTING;
  task->process = process;
  task->pidfd = task->report = task->master = task->input = -1;
  task->asker = request->connection;
  task->tag = request->frame.tag;
  return task;
}

volatile uint32_t *task_progress(const struct task *task) { return &progress[index_of(task)]; }

static void each_pump(const struct task *task, enum pump_kind kind, void (*act)(pid_t pump)) {
  for (int i = 0; i < PUMPS_MAX; i++)
    if (pumps[i].pid && pumps[i].task == index_of(task) && pumps[i].kind == kind) act(pumps[i].pid);
}

/* A pump outlives its task's place in the table for the moment until it is reaped; it must not be counted for
 * the next one there. */
static void forget_pumps(const struct task *task) {
  for (int i = 0; i < PUMPS_MAX; i++)
    if (pumps[i].pid && pumps[i].task == index_of(task)) pumps[i].task = NOBODY;
}

static void release(struct task *task) {
  each_pump(task, PUMP_INPUT, pump_stop);
  each_pump(task, PUMP_OUTPUT, pump_stop);
  forget_pumps(task);
  close_fd(&task->pidfd);
  close_fd(&task->report);
  close_fd(&task->master);
  close_fd(&task->input);
  task->state = FREE;
}

int task_pump(struct task *task, enum pump_kind kind, int from, int to, int leash) {
  for (int i = 0; i < PUMPS_MAX; i++) {
    if (pumps[i].pid) continue;
    pid_t pid = pump_start(kind, from, to);
    if (pid < 0) return pid;
    pumps[i] = (struct pump){.pid = pid, .task = index_of(task), .kind = kind, .leash = leash};
    task->pumps += kind == PUMP_OUTPUT;
    return 0;
  }
  return -EAGAIN;
}

/* ---- answers ---- */

static void answer_failed(struct task *task) {
  uint8_t bytes[FRAME_HEADER + 12 + ARGUMENT_MAX];
  struct writer w = frame_begin(bytes, sizeof bytes, ANSWER_FAILED, task->tag);
  put32(&w, task->step);
  put32(&w, task->error);
  put_string(&w, task->argument, strlen(task->argument));
  if (task->asker != NOBODY) answer(task->asker, &w, NULL, 0);
  if (task->process == 0) log_detach();
  release(task);
}

static void fail_at(struct task *task, uint32_t step, int error, const char *argument) {
  task->step = step;
  task->error = (uint32_t)error;
  strncpy(task->argument, argument, ARGUMENT_MAX);
}

void task_failed_early(struct task *task, int failed, const char *what) {
  fail_at(task, (uint32_t)NO_STEP, -failed, what);
  answer_failed(task);
}

static void kill_task(const struct task *task) {
  /* Not reaped yet, so the numbers are still theirs. */
  if (task->pid)
    kill(task->pid, SIGKILL);
  else if (task->first && (task->process == 0 || task->report < 0))
    kill(task->first, SIGKILL);
}

void task_failed_late(struct task *task, int failed, const char *what) {
  fail_at(task, (uint32_t)NO_STEP, -failed, what);
  task->state = FAILING;
  kill_task(task);
}

/* An exec that is still in its first process is let go on until it has told the number of the second. */
static void abandon(struct task *task) {
  task->state = ABANDONED;
  task->asker = NOBODY;
  kill_task(task);
}

static void answer_started(struct task *task) {
  uint8_t bytes[FRAME_HEADER + 20];
  int fds[2] = {task->pidfd, task->master};
  pid_t pid = task->forked ? task->forked : task->pid;
  uint64_t start = task->forked ? task->forked_start : start_time(pid), now = wall_clock();
  struct writer w = frame_begin(bytes, sizeof bytes, ANSWER_STARTED, task->tag);
  put32(&w, (uint32_t)pid);
  put64(&w, start);
  put64(&w, now);
  if (answer(task->asker, &w, fds, task->process && task->master >= 0 ? 2 : 1) < 0) {
    abandon(task);
    return;
  }
  task->state = RUNNING;
  task->asker = NOBODY;
  if (task->process) return;
  last_run.state = 1;
  last_run.run = task->run;
  last_run.pid = (uint32_t)pid;
  last_run.start = start;
  log_mark_run();
}

static void send_exited(const struct task *task) {
  uint8_t bytes[FRAME_HEADER + 20];
  struct writer w = frame_begin(bytes, sizeof bytes, EVENT_EXITED, 0);
  put32(&w, task->process);
  put32(&w, last_run.run);
  put32(&w, task->status);
  put64(&w, task->wall);
  broadcast(&w);
}

/* ---- the report ---- */

static void attach_master(struct task *task) {
  if (task->process) return;
  int copy = fcntl(task->master, F_DUPFD_CLOEXEC, 3);
  if (copy >= 0) log_attach(1, copy);
}

static void take_report(struct task *task, struct reader r, int fd) {
  uint32_t length;
  const uint8_t *argument;
  switch (take32(&r)) {
    case REPORT_FORKED:
      task->pid = task->forked = (pid_t)take32(&r);
      task->forked_start = start_time(task->pid);
      close_fd(&task->pidfd);
      task->pidfd = fd;
      if (task->state == ABANDONED) kill_task(task);
      return;
    case REPORT_PTY:
      close_fd(&task->master);
      task->master = fd;
      attach_master(task);
      return;
    case REPORT_FAILED:
      task->step = take32(&r);
      task->error = take32(&r);
      argument = take_string(&r, &length);
      if (argument && length <= ARGUMENT_MAX) memcpy(task->argument, argument, length);
      if (task->state == STARTING) task->state = FAILING;
  }
  close_fd(&fd);
}

/* The report has ended: the program has exec'ed, has failed and said so, or was killed on its way. */
static void report_ended(struct task *task) {
  close_fd(&task->report);
  if (!task->forked) task->pid = task->first; /* a program without fork_exec is the process proper itself */
  if (task->state == ABANDONED) kill_task(task);
  if (task->state != STARTING) return;
  uint32_t step = *task_progress(task);
  if (step == PROGRESS_EXEC) {
    answer_started(task);
    return;
  }
  fail_at(task, step, ECANCELED, "killed");
  task->state = FAILING;
  kill_task(task);
}

static void read_report(struct task *task) {
  uint8_t bytes[512];
  int fds[FDS_MAX], count;
  while (task->report >= 0) {
    long length = receive_fds(task->report, bytes, sizeof bytes, fds, &count, 0);
    if (length == -EAGAIN) return;
    if (length <= 0) {
      report_ended(task);
      return;
    }
    int fd = count > 0 ? fds[0] : -1;
    take_report(task, reader_of(bytes, (size_t)length), fd);
  }
}

int tasks_poll(struct pollfd *fds) {
  int count = 0;
  for (int i = 0; i < TASKS_MAX; i++)
    if (tasks[i].state != FREE && tasks[i].report >= 0)
      fds[count++] = (struct pollfd){.fd = tasks[i].report, .events = POLLIN};
  return count;
}

void tasks_reports(const struct pollfd *fds, int count) {
  for (int i = 0; i < count; i++) {
    if (!fds[i].revents) continue;
    for (int j = 0; j < TASKS_MAX; j++)
      if (tasks[j].state != FREE && tasks[j].report == fds[i].fd) read_report(&tasks[j]);
  }
}

int tasks_poll_leashes(struct pollfd *fds) {
  int count = 0;
  for (int i = 0; i < PUMPS_MAX; i++)
    if (pumps[i].pid && pumps[i].leash >= 0) fds[count++] = (struct pollfd){.fd = pumps[i].leash, .events = POLLIN};
  return count;
}

/* A byte: the caller has gone, and what comes from where he read is no input any more. An end without one is the
 * engine's, of which the container notices nothing. */
void tasks_unleashed(const struct pollfd *fds, int count) {
  for (int i = 0; i < count; i++) {
    if (!fds[i].revents) continue;
    for (int j = 0; j < PUMPS_MAX; j++) {
      if (!pumps[j].pid || pumps[j].leash != fds[i].fd) continue;
      if (fds[i].revents & POLLIN) pump_stop(pumps[j].pid);
      close_fd(&pumps[j].leash);
    }
  }
}

void tasks_asker_gone(int connection) {
  for (int i = 0; i < TASKS_MAX; i++) {
    struct task *task = &tasks[i];
    if (task->state == FREE || task->asker != connection) continue;
    task->asker = NOBODY;
    if (task->state == STARTING) abandon(task);
  }
}

/* ---- the end ---- */

static void main_exited(struct task *task) {
  log_drain();
  last_run.state = 2;
  last_run.status = task->status;
  last_run.wall = task->wall;
  /* Without the file an engine that comes later learns of the exit from STATUS alone: there is nobody to tell. */
  write_exit(last_run.folder, last_run.run, task->status, task->wall);
  send_exited(task);
  release(task);
}

static void exec_exited(struct task *task) {
  task->state = DRAINING;
  each_pump(task, PUMP_INPUT, pump_stop);
  if (task->pumps) return;
  send_exited(task);
  release(task);
}

/* All processes of the task have been reaped. */
static void task_gone(struct task *task) {
  if (task->report >= 0) read_report(task);
  if (task->state == RUNNING && task->process == 0)
    main_exited(task);
  else if (task->state == RUNNING)
    exec_exited(task);
  else if (task->state == STARTING) {
    fail_at(task, *task_progress(task), ECANCELED, "killed");
    answer_failed(task);
  } else if (task->state == FAILING)
    answer_failed(task);
  else if (task->state == ABANDONED) {
    if (task->process == 0) log_detach();
    release(task);
  }
}

static void note_reaped(struct task *task, pid_t pid, int status, uint64_t wall) {
  if (task->pid == pid) {
    task->pid = 0;
    task->status = (uint32_t)status;
    task->wall = wall;
  }
  if (task->first == pid) task->first = 0;
}

static struct task *task_of(pid_t pid) {
  for (int i = 0; i < TASKS_MAX; i++)
    if (tasks[i].state != FREE && (tasks[i].pid == pid || tasks[i].first == pid)) return &tasks[i];
  return NULL;
}

static void reap_pump(pid_t pid) {
  for (int i = 0; i < PUMPS_MAX; i++) {
    if (pumps[i].pid != pid) continue;
    pumps[i].pid = 0;
    close_fd(&pumps[i].leash);
    struct task *task = pumps[i].task == NOBODY ? NULL : &tasks[pumps[i].task];
    if (!task || pumps[i].kind == PUMP_INPUT) return;
    task->pumps--;
    if (task->state == DRAINING) exec_exited(task);
    return;
  }
}

void task_leave(const struct task *task) {
  each_pump(task, PUMP_INPUT, pump_stop);
  each_pump(task, PUMP_OUTPUT, pump_discard);
}

/* What the programs have said: a process whose number stands in a report is nobody's until that was read. */
static void read_reports(void) {
  for (int i = 0; i < TASKS_MAX; i++)
    if (tasks[i].state != FREE && tasks[i].report >= 0) read_report(&tasks[i]);
}

/* WNOWAIT first: while it is a zombie its number stays its own, and /proc can be read for its start time. */
void tasks_reap(void) {
  siginfo_t info;
  int status;
  for (;;) {
    info.si_pid = 0;
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || !info.si_pid) return;
    pid_t pid = info.si_pid;
    uint64_t wall = wall_clock();
    read_reports();
    struct task *task = task_of(pid);
    if (waitpid(pid, &status, 0) != pid) return;
    if (!task) {
      reap_pump(pid);
      continue;
    }
    note_reaped(task, pid, status, wall);
    if (task->pid || task->first) continue;
    each_pump(task, PUMP_OUTPUT, pump_finish);
    task_gone(task);
  }
}
