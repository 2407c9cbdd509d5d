/* The client: finds the engine or starts it, hands it the command, and leaves with its exit code. */
#define _GNU_SOURCE
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "launcher.h"

enum { TRIES = 5, LAST_LINES = 5, LEAVE_LIMIT_MS = 20000 };

void say(const char *format, ...) {
  char line[2048] = "jcompose: ";
  size_t length = strlen(line);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line + length, sizeof line - length - 1, format, arguments);
  va_end(arguments);
  strcat(line, "\n");
  if (write(2, line, strlen(line)) < 0) errno = 0;
}

static int is_terminal(int fd) {
  struct termios modes;
  return tcgetattr(fd, &modes) == 0;
}

/* A closed one is opened, or the socket would get its number. */
static void look_at_stdio(struct invocation *invocation) {
  for (int i = 0; i < 3; i++) {
    if (fcntl(i, F_GETFD) < 0) {
      invocation->closed |= 1 << i;
      if (open("/dev/null", O_RDWR) < 0) _exit(1);
    } else if (is_terminal(i)) {
      invocation->terminals |= 1 << i;
    }
  }
}

static int connect_engine(const struct invocation *invocation) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  int folder = -1, failed = 0;
  int length = snprintf(address.sun_path, sizeof address.sun_path, "%s/engine.sock", invocation->run);
  if (length >= (int)sizeof address.sun_path) { /* what is too long for an address is named by its opened folder */
    folder = open(invocation->run, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return -errno;
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/engine.sock", folder);
  }
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) failed = -errno;
  if (folder >= 0) close(folder);
  if (failed && fd >= 0) close(fd);
  return failed ? failed : fd;
}

/* The last lines of the engine's log, which say better than we can why it ended. */
static void show_last_words(const struct invocation *invocation) {
  static char words[1024];
  char path[256];
  snprintf(path, sizeof path, "%s/engine.log", invocation->run);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  /* A log that is shorter than that is read from its start. */
  if (lseek(fd, -(off_t)sizeof words, SEEK_END) < 0) lseek(fd, 0, SEEK_SET);
  ssize_t length = read(fd, words, sizeof words);
  close(fd);
  if (length <= 0) return;
  ssize_t start = length;
  for (int lines = 0; start > 0; start--)
    if (words[start - 1] == '\n' && start != length && ++lines == LAST_LINES) break;
  if (write(2, words + start, (size_t)(length - start)) < 0) errno = 0;
}

/* Nobody listens, or not to us. Returns when there is a socket to connect to.
 * made_way: an engine has left for ours, and its containers must not be without one. */
static void find_engine(const struct invocation *invocation, int error, int made_way, int *started) {
  enum need need;
  const char *verb = local_verb(invocation, &need);
  int none = error == -ENOENT || error == -ECONNREFUSED;
  if (need == NO_ENGINE || (need == ENGINE_IF_ANY && none && !made_way)) {
    local_run(invocation);
    _exit(1);
  }
  if (geteuid() != 0) {
    say("\"%s\" needs root, because it makes containers: run it with sudo", verb);
    _exit(1);
  }
  if (!none) {
    say("cannot reach the engine at %s/engine.sock: %s", invocation->run, strerror(-error));
    _exit(1);
  }
  if (*started) {
    say("the engine does not stay up: it ended before it answered; %s/engine.log ends with", invocation->run);
    show_last_words(invocation);
    _exit(1);
  }
  *started = 1;
  if (local_launch(invocation) < 0) _exit(1);
}

static void refused(const struct invocation *invocation, const struct ending *ending) {
  enum need need;
  local_verb(invocation, &need);
  if (need == NO_ENGINE)
    local_run(invocation);
  else
    say("%s", ending->message);
  _exit(1);
}

/* Whoever listens on the engine's socket is its launcher, which ends after it. */
static void wait_for_end(int socket) {
  struct ucred launcher;
  socklen_t length = sizeof launcher;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &launcher, &length) < 0) return;
  struct pollfd end = {.fd = (int)syscall(SYS_pidfd_open, launcher.pid, 0), .events = POLLIN};
  /* The engine sees that we have our answer by our end of the connection. */
  shutdown(socket, SHUT_RDWR);
  if (end.fd >= 0) poll(&end, 1, LEAVE_LIMIT_MS);
}

static void finish(const struct invocation *invocation, int socket, const struct ending *ending) {
  switch (ending->outcome) {
    case EXITED:
      if (ending->engine_leaves) wait_for_end(socket);
      _exit(ending->code);
    case REFUSED_HERE:
      refused(invocation, ending);
      return;
    case LOST:
      say("the engine ended in the middle of the command; %s/engine.log may say why", invocation->run);
      _exit(1);
    case ENGINE_STOPPED:
      say("the engine was stopped, and containers run on: the same command starts it again");
      _exit(1);
    case CUT_OFF:
      if (gap_begin(ending) == 0) return;
      say("the engine does not stay up: it ended again and again; %s/engine.log ends with", invocation->run);
      show_last_words(invocation);
      _exit(1);
    case CLOSED_EARLY:
    case AGAIN:
      return;
  }
}

/* There is no socket, or (without an error) it takes nobody yet. Returns when it is worth another try. */
static void reach_engine(const struct invocation *invocation, int error, int made_way, int *started,
                         struct ending *ending) {
  switch (gap_wait(error, ending)) {
    case GAP_AGAIN:
      return;
    case GAP_LEAVE:
      _exit(ending->code);
    case GAP_START:
      find_engine(invocation, error, made_way, started);
      return;
    case GAP_GIVE_UP:
      say("the engine ended, and none came back; %s/engine.log may say why", invocation->run);
      _exit(1);
  }
}

int client_main(int argc, char **argv, char **environment) {
  static struct ending ending;
  struct invocation invocation = {.argc = argc, .argv = argv, .environment = environment, .lib = local_lib()};
  int started = 0, made_way = 0;
  invocation.run = world_setting(environment, "JCOMPOSE_RUN", "/run/jcompose");
  look_at_stdio(&invocation);
  if (invocation.run[0] != '/') {
    say("JCOMPOSE_RUN is \"%s\": it must be an absolute path", invocation.run);
    return 2;
  }
  for (int tries = 0; tries < TRIES;) {
    int socket = connect_engine(&invocation);
    if (socket < 0) {
      reach_engine(&invocation, socket, made_way, &started, &ending);
      continue;
    }
    session_run(socket, &invocation, gap_until(), &ending);
    finish(&invocation, socket, &ending);
    close(socket);
    /* An older engine makes way: that the one we start is new is no sign of trouble. Nor is it after a gap. */
    if (ending.outcome == AGAIN || ending.outcome == CUT_OFF) started = 0;
    if (ending.outcome == AGAIN) made_way = 1;
    if (!gap_until())
      tries++;
    else if (ending.outcome == CLOSED_EARLY)
      reach_engine(&invocation, 0, made_way, &started, &ending);
  }
  say("the engine closes the connection before it takes the command; %s/engine.log may say why", invocation.run);
  return 1;
}
