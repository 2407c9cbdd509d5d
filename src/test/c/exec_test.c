/* Further processes in a running container, with pipes and with a terminal. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper_rig.h"
#include "kernel.h"

static void exec_program(struct script *s, const char *command, int pty) {
  script_begin(s);
  script_step(s, 2, "ii", (int64_t)0, (int64_t)(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC));
  script_step(s, 4, "");
  script_step(s, 5, "i", (int64_t)0);
  if (pty) {
    script_step(s, 25, "iii", (int64_t)0, (int64_t)5, (int64_t)0);
  } else {
    script_step(s, 23, "");
    script_step(s, 24, "");
  }
  steps_last(s);
  steps_shell(s, command);
}

/* cgroup: a folder for the clone, or -1. */
static void exec_into(uint32_t process, const char *command, int pty, int pidfd, int cgroup, const int *stdio,
                      int wanted, struct reply *reply) {
  static struct script s;
  exec_program(&s, command, pty);
  struct writer w = request(cgroup < 0 ? REQUEST_EXEC : REQUEST_EXEC_INTO);
  put32(&w, process);
  put32(&w, 0);
  put32(&w, 0);
  put8(&w, (uint8_t)pty);
  put16(&w, 30);
  put16(&w, 90);
  put8(&w, (uint8_t)wanted);
  int fds[6] = {script_fd(&s), pidfd}, count = 2;
  if (cgroup >= 0) fds[count++] = cgroup;
  put32(&w, (uint32_t)count - 1);
  if (cgroup >= 0) put32(&w, 1);
  for (int i = 0; i < 3; i++)
    if (wanted >> i & 1) fds[count++] = stdio[i];
  ask(&w, fds, count, reply);
  close(fds[0]);
}

static void exec_shell(uint32_t process, const char *command, int pty, int pidfd, const int *stdio, int wanted,
                       struct reply *reply) {
  exec_into(process, command, pty, pidfd, -1, stdio, wanted, reply);
}

/* A keeper, whose events are heard, and a sleeper to exec beside; the sleeper's pidfd. */
static int exec_begin(void) {
  keeper_begin();
  subscribe();
  return start_sleeper();
}

static void exec_end(int pidfd) {
  stop_sleeper(pidfd);
  keeper_end();
}

/* Starts an exec whose outputs (wanted: 2 stdout, 6 both) lead into one pipe; its end to read from. */
static int exec_output(uint32_t process, const char *command, int pidfd, int cgroup, int wanted) {
  static struct reply reply;
  int out[2];
  CHECK(pipe2(out, O_CLOEXEC) == 0);
  int stdio[3] = {-1, out[1], out[1]};
  exec_into(process, command, 0, pidfd, cgroup, stdio, wanted, &reply);
  close(started(&reply));
  close(out[1]);
  return out[0];
}

/* 0, or the errno of the answer. */
static uint32_t leave(uint32_t process) {
  static struct reply reply;
  struct writer w = request(REQUEST_LEAVE);
  put32(&w, process);
  ask(&w, NULL, 0, &reply);
  if (reply.frame.type == ANSWER_OK) return 0;
  CHECK(reply.frame.type == ANSWER_ERROR);
  return take32(&reply.payload);
}

static size_t read_all(int fd, char *bytes, size_t size) {
  size_t length = 0;
  ssize_t count;
  while (length < size - 1 && (count = read(fd, bytes + length, size - 1 - length)) > 0) length += (size_t)count;
  bytes[length] = 0;
  return length;
}

static uint32_t live_execs(void) {
  static struct reply reply;
  struct writer w = request(REQUEST_STATUS);
  ask(&w, NULL, 0, &reply);
  take_bytes(&reply.payload, 1 + 4 + 4 + 8 + 4 + 8 + 8 + 8);
  return take32(&reply.payload);
}

static void execs_with_pipes(void) {
  static struct reply reply;
  int in[2], out[2], err[2];
  int pidfd = exec_begin();
  CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
  int stdio[3] = {in[0], out[1], err[1]};
  exec_shell(5, "cat; echo no >&2; ls /proc/self/fd | wc -l; exit 9", 0, pidfd, stdio, 7, &reply);
  close(started(&reply));
  close(in[0]), close(out[1]), close(err[1]);
  CHECK(write(in[1], "hello\n", 6) == 6);
  close(in[1]);
  read_all(out[0], text, sizeof text);
  CHECK(!strcmp(text, "hello\n4\n"), "%s", text);
  read_all(err[0], text, sizeof text);
  CHECK(!strcmp(text, "no\n"), "%s", text);
  CHECK(WEXITSTATUS(exited(5)) == 9);
  exec_end(pidfd);
}

static void keeps_the_order_of_two_outputs_that_lead_to_one_place(void) {
  int pidfd = exec_begin();
  int out = exec_output(5, "for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done", pidfd, -1, 6);
  read_all(out, text, sizeof text);
  CHECK(!strcmp(text, "o1\ne1\no2\ne2\no3\ne3\no4\ne4\no5\ne5\no6\ne6\no7\ne7\no8\ne8\no9\ne9\n"), "%s", text);
  CHECK(WEXITSTATUS(exited(5)) == 0);
  close(out);
  exec_end(pidfd);
}

static void execs_into_a_control_group(void) {
  static struct reply reply;
  char place[] = "/tmp/jctest.XXXXXX", group[64], expected[64];
  CHECK(mkdtemp(place) && mount("none", place, "cgroup2", 0, NULL) == 0);
  snprintf(group, sizeof group, "%s/jctest-%d", place, getpid());
  snprintf(expected, sizeof expected, "0::/jctest-%d\n", getpid());
  CHECK(mkdir(group, 0755) == 0);
  int folder = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int pidfd = exec_begin();
  int out = exec_output(5, "grep ^0:: /proc/self/cgroup", pidfd, folder, 2);
  read_all(out, text, sizeof text);
  CHECK(!strcmp(text, expected), "%s instead of %s", text, expected);
  CHECK(WEXITSTATUS(exited(5)) == 0);
  exec_into(6, "true", 0, pidfd, out, NULL, 0, &reply);
  failed(&reply, 0xffffffff, EBADF, "clone");
  exec_end(pidfd);
  close(folder), close(out);
  CHECK(rmdir(group) == 0 && umount(place) == 0 && rmdir(place) == 0);
}

/* Seizes the keeper and what it clones, lets an exec's first process end only when the second has ended and was reaped,
 * and leaves. `ready` tells that it begins. */
static void hold_first(pid_t keeper, int ready) {
  pid_t first = 0, second = 0, held = 0;
  int status;
  long events = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT;
  if (ptrace(PTRACE_SEIZE, keeper, 0, events) < 0 || write(ready, "", 1) != 1) _exit(1);
  for (;;) {
    if (held && second && kill(second, 0) < 0) _exit(0); /* whom it traces go on */
    pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);
    if (pid <= 0 || !WIFSTOPPED(status)) {
      usleep(500);
      continue;
    }
    int event = status >> 16, signal = event ? 0 : WSTOPSIG(status);
    unsigned long number = 0;
    if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE) {
      ptrace(PTRACE_GETEVENTMSG, pid, 0, &number);
      if (first) second = (pid_t)number;
      else first = (pid_t)number;
    }
    if (event == PTRACE_EVENT_EXIT && pid == first) held = pid;
    else ptrace(PTRACE_CONT, pid, 0, signal);
  }
}

static void tells_the_exit_of_who_was_quicker_than_its_first_process(void) {
  static struct reply reply;
  int ready[2];
  char byte;
  int pidfd = exec_begin();
  CHECK(pipe2(ready, O_CLOEXEC) == 0);
  pid_t tracer = fork();
  if (!tracer) hold_first(k.pid, ready[1]);
  close(ready[1]);
  CHECK(read(ready[0], &byte, 1) == 1);
  close(ready[0]);
  exec_shell(5, "exit 9", 0, pidfd, NULL, 0, &reply);
  close(started(&reply));
  CHECK(WEXITSTATUS(exited(5)) == 9);
  int status;
  CHECK(waitpid(tracer, &status, 0) == tracer && WIFEXITED(status) && WEXITSTATUS(status) == 0);
  exec_end(pidfd);
}

static void delivers_all_output_before_exited(void) {
  int pidfd = exec_begin();
  /* The child that stays holds the pipe open: it must neither keep the exec from ending nor lose its output. */
  const char *command = "sleep 100 & dd if=/dev/null 2>/dev/null; head -c 60000 /bin/busybox";
  int out = exec_output(6, command, pidfd, -1, 2);
  CHECK(exited(6) == 0);
  CHECK(read_all(out, text, sizeof text) == 60000);
  close(out);
  exec_end(pidfd);
}

/* What fits into the two pipes is written and the writer gone, long before anybody reads it. */
static void waits_for_a_caller_that_reads_late(void) {
  int pidfd = exec_begin();
  int out = exec_output(4, "head -c 100000 /bin/busybox", pidfd, -1, 2);
  while (live_execs()) usleep(1000);
  struct pollfd event = {.fd = k.events, .events = POLLIN};
  CHECK(poll(&event, 1, 50) == 0, "EXITED before the output was taken");
  CHECK(read_all(out, text, sizeof text) == 100000);
  CHECK(exited(4) == 0);
  close(out);
  exec_end(pidfd);
}

static void a_slow_caller_stops_nobody(void) {
  static struct reply reply;
  int pidfd = exec_begin();
  int out = exec_output(1, "yes | head -c 1000000", pidfd, -1, 2);
  exec_shell(2, "exit 4", 0, pidfd, NULL, 0, &reply);
  close(started(&reply));
  CHECK(WEXITSTATUS(exited(2)) == 4);
  CHECK(ask_simple(REQUEST_END) == ANSWER_ERROR);
  CHECK(read_all(out, text, sizeof text) == 1000000);
  CHECK(exited(1) == 0);
  close(out);
  exec_end(pidfd);
}

static void goes_on_alone_when_it_is_left(void) {
  static struct reply reply;
  int in[2], out[2];
  int pidfd = exec_begin();
  CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
  int stdio[3] = {in[0], out[1], -1};
  exec_shell(5, "yes | head -c 1000000; cat; exit 9", 0, pidfd, stdio, 3, &reply);
  close(started(&reply));
  close(in[0]), close(out[1]);
  CHECK(leave(5) == 0);
  CHECK(WEXITSTATUS(exited(5)) == 9); /* neither held up by who does not read, nor ended by SIGPIPE */
  while (read(out[0], text, sizeof text) > 0) continue;
  CHECK(leave(5) == ESRCH);
  close(in[1]), close(out[0]);
  exec_end(pidfd);
}

static void is_left_when_it_has_ended_and_nobody_reads(void) {
  int pidfd = exec_begin();
  int out = exec_output(5, "yes | head -c 100000; exit 9", pidfd, -1, 2); /* more than one pipe takes */
  while (live_execs()) usleep(1000);
  CHECK(leave(5) == 0);
  CHECK(WEXITSTATUS(exited(5)) == 9);
  close(out);
  exec_end(pidfd);
}

static void execs_with_a_terminal(void) {
  static struct reply reply;
  int pidfd = exec_begin();
  exec_shell(3, "stty size; read a; stty size; echo =$a", 1, pidfd, NULL, 0, &reply);
  close(started(&reply));
  CHECK(reply.count == 2);
  int master = reply.fds[1];
  size_t length = 0;
  while (length < 7) length += (size_t)read(master, text + length, 7 - length);
  CHECK(!memcmp(text, "30 90\r\n", 7));
  struct writer w = request(REQUEST_RESIZE);
  put32(&w, 3);
  put16(&w, 11);
  put16(&w, 12);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  CHECK(write(master, "q\n", 2) == 2);
  read_all(master, text, sizeof text);
  CHECK(!strcmp(text, "q\r\n11 12\r\n=q\r\n"), "%s", text);
  CHECK(exited(3) == 0);
  close(master);
  exec_end(pidfd);
}

static void reports_a_failed_exec(void) {
  static struct script s;
  static struct reply reply;
  int pidfd = exec_begin();
  for (int round = 0; round < 200; round++) {
    int i = round % 2;
    script_begin(&s);
    script_step(&s, 2, "ii", (int64_t)0, (int64_t)(CLONE_NEWNS | CLONE_NEWPID));
    if (i) script_step(&s, 4, "");
    script_step(&s, 35, "s", i ? "/proc/self/cwd" : "/nowhere");
    steps_shell(&s, "true");
    struct writer w = request(REQUEST_EXEC);
    put32(&w, 8), put32(&w, 0), put32(&w, 0), put8(&w, 0), put16(&w, 0), put16(&w, 0), put8(&w, 0), put32(&w, 1);
    int fds[2] = {script_fd(&s), pidfd};
    ask(&w, fds, 2, &reply);
    close(fds[0]);
    failed(&reply, i ? 2 : 1, i ? ELOOP : ENOENT, i ? "/proc/self/cwd" : "/nowhere");
  }
  exec_end(pidfd);
}

int exec_tests(const char *only) {
  static const struct test TESTS[] = {
      {"keeper: execs with pipes", execs_with_pipes},
      {"keeper: keeps the order of two outputs that lead to one place",
       keeps_the_order_of_two_outputs_that_lead_to_one_place},
      {"keeper: execs into a control group", execs_into_a_control_group},
      {"keeper: tells the exit of who was quicker than its first process",
       tells_the_exit_of_who_was_quicker_than_its_first_process},
      {"keeper: delivers all output before EXITED", delivers_all_output_before_exited},
      {"keeper: waits for a caller that reads late", waits_for_a_caller_that_reads_late},
      {"keeper: a slow caller stops nobody", a_slow_caller_stops_nobody},
      {"keeper: goes on alone when it is left", goes_on_alone_when_it_is_left},
      {"keeper: is left when it has ended and nobody reads", is_left_when_it_has_ended_and_nobody_reads},
      {"keeper: execs with a terminal", execs_with_a_terminal},
      {"keeper: reports a failed exec", reports_a_failed_exec},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
