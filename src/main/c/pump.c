/* Between a caller's descriptor and a pipe of the container's there is a process: it may block on either side
 * for as long as it likes, and the log goes on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "keeper.h"

enum { SPLICE_MAX = 1024 * 1024, BUFFER = 16 * 1024 };
enum { END = -1 };

/* How long output of an exec's children is waited for when the exec itself has ended. */
enum { GRACE_MS = 500 };

static volatile sig_atomic_t asked_to_finish;
static int target;

/* Once asked to finish: what the pipe held then is delivered however long it takes, the rest as it comes. */
static struct {
  int64_t deadline;
  long owed;
} finish;

static void on_signal(int number) {
  (void)number;
  asked_to_finish = 1;
}

/* Whatever waits for room there is interrupted, and goes on with a target that always has some. */
static void on_discard(int number) {
  int saved = errno;
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  (void)number;
  if (nowhere < 0 || dup2(nowhere, target) < 0) _exit(1);
  close(nowhere);
  errno = saved;
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds that input may be waited for; -1: for ever. */
static int64_t patience(int from) {
  int held = 0;
  if (!asked_to_finish) return -1;
  if (!finish.deadline) {
    if (ioctl(from, FIONREAD, &held) == 0) finish.owed = held;
    finish.deadline = now_ms() + GRACE_MS;
  }
  int64_t left = finish.deadline - now_ms();
  return left < 0 ? 0 : left;
}

/* Waits for input. 1: there is some; 0: it will not come, or nobody is left to take it. */
static int wait_input(int from, int to, const sigset_t *waiting) {
  struct pollfd fds[2] = {{.fd = from, .events = POLLIN}, {.fd = to, .events = 0}};
  for (;;) {
    int64_t left = patience(from);
    if (left == 0 && finish.owed <= 0) return 0;
    struct timespec timeout = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};
    int ready = ppoll(fds, 2, left < 0 ? NULL : &timeout, waiting);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return 0;
    if (fds[1].revents & POLLERR) return 0;
    if (fds[0].revents) return 1;
    fds[1].fd = -1; /* POLLHUP of a socket that can still be written to: not asked again */
  }
}

/* The caller may have made its open file non-blocking; that is its own, and is not changed. */
static int wait_room(int to) {
  struct pollfd fd = {.fd = to, .events = POLLOUT};
  return poll(&fd, 1, -1) >= 0 || errno == EINTR;
}

static int write_all(int to, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(to, bytes, length);
    if (count < 0 && errno != EINTR && !(errno == EAGAIN && wait_room(to))) return 0;
    if (count < 0) continue;
    bytes += count;
    length -= (size_t)count;
  }
  return 1;
}

/* For what splice(2) does not do: files opened for appending, terminals. */
static long copy(int from, int to) {
  uint8_t bytes[BUFFER];
  ssize_t count = read(from, bytes, sizeof bytes);
  if (count < 0) return errno == EINTR || errno == EAGAIN ? 0 : END;
  return count > 0 && write_all(to, bytes, (size_t)count) ? count : END;
}

/* Bytes moved, or END of either side. */
static long move(int from, int to, int *spliced) {
  if (!*spliced) return copy(from, to);
  ssize_t count = splice(from, NULL, to, NULL, SPLICE_MAX, SPLICE_F_MOVE);
  if (count >= 0) return count > 0 ? count : END;
  if (errno == EINVAL) *spliced = 0;
  if (errno == EAGAIN) return wait_room(to) ? 0 : END;
  return errno == EINVAL || errno == EINTR ? 0 : END;
}

_Noreturn static void run(enum pump_kind kind, int from, int to) {
  int keep[2] = {from, to};
  int spliced = 1;
  sigset_t waiting;
  close_all_but(keep, 2);
  prctl(PR_SET_NAME, "jcompose-pump");
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  target = to;
  action.sa_handler = on_discard;
  sigaction(SIGUSR2, &action, NULL);
  sigemptyset(&waiting);
  sigaddset(&waiting, SIGUSR2);
  sigprocmask(SIG_UNBLOCK, &waiting, NULL);
  sigprocmask(SIG_SETMASK, NULL, &waiting);
  if (kind == PUMP_OUTPUT) sigdelset(&waiting, SIGUSR1);
  while (wait_input(from, to, &waiting)) {
    long moved = move(from, to, &spliced);
    if (moved == END) break;
    finish.owed -= moved;
  }
  _exit(0);
}

pid_t pump_start(enum pump_kind kind, int from, int to) {
  pid_t pid = fork();
  if (pid == 0) run(kind, from, to);
  return pid < 0 ? -errno : pid;
}

void pump_stop(pid_t pump) { kill(pump, SIGKILL); }

void pump_finish(pid_t pump) { kill(pump, SIGUSR1); }

void pump_discard(pid_t pump) { kill(pump, SIGUSR2); }
