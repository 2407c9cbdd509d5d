/* The keeper's loop: its connections and what they ask. */
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"

enum { CONNECTIONS = 64, POLLED = 2 + CONNECTIONS + LOG_STREAMS + TASKS_MAX + PUMPS_MAX };

static struct connection {
  int fd; /* 0: free */
  int subscribed;
} connections[CONNECTIONS];

uint64_t wall_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void drop(int index) {
  close(connections[index].fd);
  connections[index] = (struct connection){0};
  tasks_asker_gone(index);
}

int answer(int connection, struct writer *frame, const int *fds, int count) {
  size_t size = frame_end(frame);
  if (!connections[connection].fd || !size) return -ENOTCONN;
  /* An engine that does not read its answers must not stop the log: it is hung up on, and may call again. */
  long sent = send_fds(connections[connection].fd, frame->start, size, fds, count, MSG_DONTWAIT);
  if (sent >= 0) return 0;
  drop(connection);
  return (int)sent;
}

void answer_result(const struct request *request, int failed) {
  uint8_t bytes[FRAME_HEADER + 4];
  struct writer w = frame_begin(bytes, sizeof bytes, failed ? ANSWER_ERROR : ANSWER_OK, request->frame.tag);
  if (failed) put32(&w, (uint32_t)-failed);
  answer(request->connection, &w, NULL, 0);
}

void broadcast(struct writer *frame) {
  for (int i = 0; i < CONNECTIONS; i++)
    if (connections[i].subscribed) answer(i, frame, NULL, 0);
}

static void end(const struct request *request) {
  if (tasks_alive()) {
    answer_result(request, -EBUSY);
    return;
  }
  log_drain();
  answer_result(request, 0);
  _exit(0);
}

static void handle(struct request *request) {
  switch (request->frame.type) {
    case REQUEST_START:
      tasks_start(request);
      return;
    case REQUEST_EXEC:
    case REQUEST_EXEC_INTO:
      tasks_exec(request);
      return;
    case REQUEST_SIGNAL:
      answer_result(request, tasks_signal(request));
      return;
    case REQUEST_RESIZE:
      answer_result(request, tasks_resize(request));
      return;
    case REQUEST_PUT:
      answer_result(request, store_put(request));
      return;
    case REQUEST_GET:
      store_get(request);
      return;
    case REQUEST_DROP:
      answer_result(request, store_drop(request));
      return;
    case REQUEST_KEYS:
      store_keys(request);
      return;
    case REQUEST_STATUS:
      tasks_status(request);
      return;
    case REQUEST_SUBSCRIBE:
      connections[request->connection].subscribed = 1;
      answer_result(request, 0);
      return;
    case REQUEST_END:
      end(request);
      return;
    case REQUEST_STDIN:
      answer_result(request, tasks_stdin(request));
      return;
    case REQUEST_STDIN_LEASHED:
      answer_result(request, tasks_stdin_leashed(request));
      return;
    case REQUEST_STDIN_END:
      answer_result(request, tasks_stdin_end(request));
      return;
    case REQUEST_LEAVE:
      answer_result(request, tasks_leave(request));
      return;
    default: /* of a newer engine */
      answer_result(request, -ENOSYS);
  }
}

static void read_connection(int index) {
  static uint8_t bytes[FRAME_HEADER + FRAME_MAX];
  static struct request request;
  request.connection = index;
  long length = receive_fds(connections[index].fd, bytes, sizeof bytes, request.fds, &request.fd_count, MSG_DONTWAIT);
  if (length == -EAGAIN) return;
  if (length <= 0 || frame_whole(bytes, (size_t)length, &request.frame, &request.payload) < 0)
    drop(index);
  else
    handle(&request);
  for (int i = 0; i < request.fd_count; i++) close_fd(&request.fds[i]);
}

static void accept_connection(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  for (int i = 0; i < CONNECTIONS; i++) {
    if (connections[i].fd) continue;
    connections[i].fd = fd;
    return;
  }
  close(fd);
}

static int poll_connections(struct pollfd *fds) {
  int count = 0;
  for (int i = 0; i < CONNECTIONS; i++)
    if (connections[i].fd) fds[count++] = (struct pollfd){.fd = connections[i].fd, .events = POLLIN};
  return count;
}

static void read_connections(const struct pollfd *fds, int count) {
  for (int i = 0; i < count; i++) {
    if (!fds[i].revents) continue;
    for (int j = 0; j < CONNECTIONS; j++)
      if (connections[j].fd == fds[i].fd) read_connection(j);
  }
}

/* The streams are looked at before the reports, and served after them: so what a program writes as its first
 * word is never in the log before the mark that its run has started. */
static void serve(int listener, int signals) {
  static struct pollfd fds[POLLED];
  struct signalfd_siginfo info;
  fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
  fds[1] = (struct pollfd){.fd = signals, .events = POLLIN};
  struct pollfd *streams = fds + 2;
  int stream_count = log_poll(streams);
  struct pollfd *reports = streams + stream_count;
  int report_count = tasks_poll(reports);
  struct pollfd *leashes = reports + report_count;
  int leash_count = tasks_poll_leashes(leashes);
  struct pollfd *callers = leashes + leash_count;
  int caller_count = poll_connections(callers);
  if (poll(fds, (nfds_t)(callers + caller_count - fds), -1) < 0) return;
  tasks_reports(reports, report_count);
  log_read(streams, stream_count);
  tasks_unleashed(leashes, leash_count);
  if (fds[1].revents) {
    if (read(signals, &info, sizeof info) > 0) tasks_reap();
  }
  read_connections(callers, caller_count);
  if (fds[0].revents) accept_connection(listener);
}

static int block_signals(void) {
  sigset_t all, child;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  return signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
}

void keeper_run(int listener, const struct inherited *inherited) {
  struct rlimit files = inherited->files;
  /* Its memory and descriptors are nobody's but root's, and so are those of a clone until its exec. */
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  spawn_init(inherited);
  tasks_init();
  set_nonblocking(listener);
  int signals = block_signals();
  if (signals < 0) _exit(1);
  for (;;) serve(listener, signals);
}
