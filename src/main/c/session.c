/* One connection to the engine: frames come and are shown, what is typed and what signals come are sent. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "descriptors.h"

enum { TYPED_MAX = 16 * 1024, QUEUE = 2 * TYPED_MAX, ENDS_BEFORE_ACCEPTED = 128 };

static const int FORWARDED[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

static struct {
  const struct invocation *invocation;
  struct ending *ending;
  int socket, signals;
  int accepted, done;
  enum input input;
  struct {
    uint8_t bytes[QUEUE];
    size_t length;
  } out; /* frames that the engine has not taken yet */
  struct {
    uint8_t bytes[FRAME_HEADER + FRAME_MAX];
    size_t length;
  } in;
  sigset_t before;
} s;

/* ---- to the engine ---- */

static void finish(enum outcome outcome, int code) {
  if (s.done) return;
  s.done = 1;
  s.ending->outcome = outcome;
  s.ending->code = code;
}

static void connection_ended(void) { finish(s.accepted ? LOST : CLOSED_EARLY, 1); }

static void flush_out(void) {
  while (s.out.length > 0) {
    ssize_t count = send(s.socket, s.out.bytes, s.out.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    /* EPIPE too: its last frames may still be there to be read, and the end comes after them. */
    if (count < 0) return;
    s.out.length -= (size_t)count;
    memmove(s.out.bytes, s.out.bytes + count, s.out.length);
  }
}

static void send_frame(uint16_t type, const void *bytes, size_t length) {
  struct writer w = frame_begin(s.out.bytes + s.out.length, QUEUE - s.out.length, type, 0);
  put_bytes(&w, bytes, length);
  s.out.length += frame_end(&w);
  flush_out();
}

static void send_size(void) {
  uint16_t rows, columns;
  terminal_size(s.invocation->terminals, &rows, &columns);
  uint8_t bytes[4] = {(uint8_t)rows, (uint8_t)(rows >> 8), (uint8_t)columns, (uint8_t)(columns >> 8)};
  if (rows || columns) send_frame(RESIZE, bytes, sizeof bytes);
}

static void read_typed(void) {
  static uint8_t bytes[TYPED_MAX];
  ssize_t count = read(0, bytes, sizeof bytes);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count > 0) {
    send_frame(STDIN_BYTES, bytes, (size_t)count);
    return;
  }
  s.input = INPUT_OFF;
  send_frame(STDIN_EOF, NULL, 0);
}

/* ---- from the engine ---- */

/* A terminal that has gone takes no more; the signal that says so comes by itself. */
static void show(int fd, const uint8_t *bytes, size_t length) {
  while (length > 0) {
    ssize_t count = write(fd, bytes, length);
    if (count < 0 && errno == EAGAIN) {
      struct pollfd room = {.fd = fd, .events = POLLOUT};
      poll(&room, 1, -1);
    } else if (count < 0 && errno != EINTR) {
      return;
    } else if (count > 0) {
      bytes += count;
      length -= (size_t)count;
    }
  }
}

static void refused(struct reader *payload) {
  uint8_t reason = take8(payload);
  uint32_t length;
  const uint8_t *message = take_string(payload, &length);
  if (length >= sizeof s.ending->message) length = sizeof s.ending->message - 1;
  if (message) memcpy(s.ending->message, message, length);
  s.ending->message[message ? length : 0] = 0;
  finish(reason == REFUSED_OLD ? AGAIN : REFUSED_HERE, 1);
}

/* The signals are blocked here, so this one is raised first, and stops us when it is let through. */
static void stop_self(void) {
  sigset_t stop;
  terminal_restore();
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  raise(SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &stop, NULL);
  sigprocmask(SIG_BLOCK, &stop, NULL);
}

static void handle_frame(const struct frame *frame, struct reader *payload) {
  switch (frame->type) {
    case ACCEPTED:
      s.accepted = 1;
      break;
    case OUT:
    case ERR:
      show(frame->type == OUT ? 1 : 2, payload->at, frame->length);
      break;
    case INPUT:
      s.input = (enum input)take8(payload);
      terminal_input(s.input);
      break;
    case EXIT_CODE:
      finish(EXITED, take8(payload));
      break;
    case REFUSED:
      refused(payload);
      break;
    case STOP_SELF:
      stop_self();
  }
}

static void handle_frames(void) {
  size_t at = 0;
  while (!s.done && s.in.length - at >= FRAME_HEADER) {
    struct frame frame;
    if (frame_header(s.in.bytes + at, FRAME_MAX, &frame) < 0) {
      connection_ended();
      return;
    }
    if (s.in.length - at < FRAME_HEADER + frame.length) break;
    struct reader payload = reader_of(s.in.bytes + at + FRAME_HEADER, frame.length);
    handle_frame(&frame, &payload);
    at += FRAME_HEADER + frame.length;
  }
  s.in.length -= at;
  memmove(s.in.bytes, s.in.bytes + at, s.in.length);
}

static void read_engine(void) {
  ssize_t count = recv(s.socket, s.in.bytes + s.in.length, sizeof s.in.bytes - s.in.length, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    connection_ended();
    return;
  }
  s.in.length += (size_t)count;
  handle_frames();
}

/* ---- signals ---- */

static void open_signals(void) {
  sigset_t mask;
  struct sigaction action;
  sigemptyset(&mask);
  /* What the caller told us to ignore (nohup) stays ignored; but shells start the background jobs of a script
   * without SIGINT, and whoever sends it to such a job means it. */
  for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++)
    if (FORWARDED[i] == SIGINT || (sigaction(FORWARDED[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN))
      sigaddset(&mask, FORWARDED[i]);
  signal(SIGINT, SIG_DFL); /* one that is ignored never reaches the signalfd */
  if (sigaction(SIGTSTP, NULL, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&mask, SIGTSTP);
  sigaddset(&mask, SIGCONT);
  sigaddset(&mask, SIGWINCH);
  sigprocmask(SIG_BLOCK, &mask, &s.before);
  s.signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void forward(int number) {
  uint8_t byte = (uint8_t)number;
  /* Nobody has taken the command yet: there is nothing to be ended but ourselves. */
  if (!s.accepted)
    finish(EXITED, ENDS_BEFORE_ACCEPTED + number);
  else
    send_frame(SIGNAL, &byte, 1);
}

static void read_signal(void) {
  struct signalfd_siginfo info;
  if (read(s.signals, &info, sizeof info) != sizeof info) return;
  if (info.ssi_signo == SIGWINCH) {
    send_size();
  } else if (info.ssi_signo == SIGCONT) {
    terminal_again();
    send_size();
  } else if (info.ssi_signo == SIGTSTP) {
    stop_self();
  } else {
    forward((int)info.ssi_signo);
  }
}

/* ---- the loop ---- */

static void serve(void) {
  int reading = s.input != INPUT_OFF && s.invocation->terminals & 1 && s.out.length == 0;
  struct pollfd fds[3] = {{.fd = s.socket, .events = (short)(s.out.length ? POLLIN | POLLOUT : POLLIN)},
                          {.fd = s.signals, .events = POLLIN},
                          {.fd = reading ? 0 : -1, .events = POLLIN}};
  if (poll(fds, 3, -1) < 0) return;
  /* The engine first: it may have taken the command before the signal came. */
  if (fds[0].revents & POLLOUT) flush_out();
  if (fds[0].revents & ~POLLOUT) read_engine();
  if (!s.done && fds[1].revents) read_signal();
  if (!s.done && fds[2].revents) read_typed();
}

void session_run(int socket, const struct invocation *invocation, struct ending *ending) {
  memset(ending, 0, sizeof *ending);
  s.invocation = invocation;
  s.ending = ending;
  s.socket = socket;
  s.accepted = s.done = 0;
  s.input = INPUT_OFF;
  s.out.length = s.in.length = 0;
  open_signals();
  int failed = invoke(socket, s.signals, invocation);
  if (failed == -E2BIG) {
    say("the arguments and the environment are too long: together at most 4 MiB");
    finish(EXITED, 1);
  }
  /* Any other failure is a signal, or a connection that has ended: the loop sees both. */
  while (!s.done) serve();
  terminal_restore();
  close_fd(&s.signals);
  sigprocmask(SIG_SETMASK, &s.before, NULL);
}
