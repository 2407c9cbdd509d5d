/* One connection to the engine: frames come and are shown, what is typed and what signals come are sent. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"

enum { TYPED_MAX = 16 * 1024, QUEUE = 2 * TYPED_MAX, ENDS_BEFORE_ACCEPTED = 128, HELD = 2, COMMAND_PART = 0 };

static struct {
  const struct invocation *invocation;
  struct ending *ending;
  int socket, signals;
  int accepted, done;
  int deaf; /* the engine takes nothing any more; what it has sent may still be there */
  enum input input;
  struct {
    uint8_t bytes[QUEUE];
    size_t length;
  } out; /* frames that the engine has not taken yet */
  struct {
    uint8_t bytes[FRAME_HEADER + FRAME_MAX];
    size_t length;
  } in;
} s;

/* What outlives a connection, when another engine can go on with the command. */
static struct {
  int possible;
  int leaves; /* the code with which a signal that ends programs ends us; 0: it is the engine's */
  uint8_t signals[HELD]; /* of which nothing that was kept tells yet: they are sent to the next engine, too */
  int signal_count;
} resume;

/* ---- to the engine ---- */

static void finish(enum outcome outcome, int code) {
  if (s.done) return;
  s.done = 1;
  s.ending->outcome = outcome;
  s.ending->code = code;
}

static void connection_ended(void) {
  finish(!s.accepted ? CLOSED_EARLY : resume.possible ? CUT_OFF : LOST, 1);
}

static void flush_out(void) {
  while (s.out.length > 0) {
    ssize_t count = send(s.socket, s.out.bytes, s.out.length, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0) {
      /* Its last frames may still be there to be read, and the end comes after them. */
      s.deaf = errno != EAGAIN && errno != EINTR;
      if (s.deaf) s.out.length = 0;
      return;
    }
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
static void show_more(void) {
  int fd = show_fd();
  if (show_some() < 0 && !(s.invocation->terminals >> fd & 1)) finish(EXITED, 1);
}

static void show(int fd, const uint8_t *bytes, size_t length) {
  if (s.invocation->closed >> fd & 1) return;
  show_begin(fd, bytes, length);
  show_more();
}

/* The bytes and the place that they lead to come in one frame: both are here, or neither. */
static void shown(struct reader *payload) {
  uint32_t length;
  uint8_t fd = take8(payload);
  uint32_t key = take32(payload);
  const uint8_t *part = take_string(payload, &length);
  if (payload->bad) return;
  /* More than can be kept: then there is no going on. */
  if (kept_part(key, part, length) < 0) resume.possible = 0;
  if (key == COMMAND_PART) resume.signal_count = 0;
  s.ending->progress = 1;
  if (fd == 1 || fd == 2) show(fd, payload->at, (size_t)(payload->end - payload->at));
}

static void accepted(void) {
  s.accepted = 1;
  for (int i = 0; i < resume.signal_count; i++) send_frame(SIGNAL, &resume.signals[i], 1);
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

static void handle_frame(const struct frame *frame, struct reader *payload) {
  switch (frame->type) {
    case ACCEPTED:
      accepted();
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
      s.ending->engine_leaves = frame->length > 1 && take8(payload);
      break;
    case REFUSED:
      refused(payload);
      break;
    case STOP_SELF:
      signals_stop();
      break;
    case RESUMABLE:
      resume.possible = 1;
      resume.leaves = take8(payload);
      break;
    case SHOWN:
      shown(payload);
      break;
    case STOPPED:
      finish(ENGINE_STOPPED, 1);
  }
}

static void handle_frames(void) {
  size_t at = 0;
  while (!s.done && !show_waits() && s.in.length - at >= FRAME_HEADER) {
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

static int remember(int number) {
  if (!resume.possible || resume.signal_count == HELD) return 0;
  resume.signals[resume.signal_count++] = (uint8_t)number;
  return 1;
}

static void forward(int number) {
  uint8_t byte = (uint8_t)number;
  if (resume.possible && resume.leaves && signals_ends(number)) {
    finish(EXITED, resume.leaves);
    return;
  }
  int remembered = remember(number);
  if (s.accepted && !s.deaf)
    send_frame(SIGNAL, &byte, 1);
  else if (!remembered)
    /* There is nothing to be ended but ourselves. */
    finish(EXITED, ENDS_BEFORE_ACCEPTED + number);
}

static void read_signal(void) {
  int number = signals_next();
  if (number == SIGWINCH) {
    send_size();
  } else if (number == SIGCONT) {
    terminal_again();
    send_size();
  } else if (number == SIGTSTP) {
    signals_stop();
  } else if (number) {
    forward(number);
  }
}

/* ---- the loop ---- */

/* Milliseconds until the engine must have taken the command; -1: it has, or may take its time. */
static int patience(int64_t until) {
  if (s.accepted || !until) return -1;
  int64_t left = until - gap_now();
  return left > 0 ? (int)left : 0;
}

static void serve(int64_t until) {
  int reading = s.input != INPUT_OFF && s.invocation->terminals & 1 && s.out.length == 0;
  /* What comes next must wait for what is being shown. */
  short wanted = (short)((s.out.length ? POLLOUT : 0) | (show_waits() ? 0 : POLLIN));
  struct pollfd fds[4] = {{.fd = wanted ? s.socket : -1, .events = wanted},
                          {.fd = s.signals, .events = POLLIN},
                          {.fd = reading ? 0 : -1, .events = POLLIN},
                          {.fd = show_fd(), .events = POLLOUT}};
  int ready = poll(fds, 4, patience(until));
  if (ready < 0) return;
  if (ready == 0) finish(CLOSED_EARLY, 1);
  /* The engine first: it may have taken the command before the signal came. */
  if (fds[0].revents & POLLOUT) flush_out();
  if (fds[0].revents & ~POLLOUT && !show_waits()) read_engine();
  if (fds[3].revents) {
    show_more();
    handle_frames();
  }
  if (!s.done && fds[1].revents) read_signal();
  if (!s.done && fds[2].revents) read_typed();
}

static void begin(int socket, struct ending *ending) {
  memset(ending, 0, sizeof *ending);
  s.ending = ending;
  s.socket = socket;
  s.accepted = s.done = s.deaf = 0;
  s.input = INPUT_OFF;
  s.out.length = s.in.length = 0;
  s.signals = signals_open();
}

void session_run(int socket, const struct invocation *invocation, int64_t until, struct ending *ending) {
  begin(socket, ending);
  s.invocation = invocation;
  int failed = invoke(socket, s.signals, invocation);
  if (failed == -E2BIG) {
    say("the arguments and the environment are too long: together at most 4 MiB");
    finish(EXITED, 1);
  }
  /* Any other failure is a signal, or a connection that has ended: the loop sees both. */
  while (!s.done) serve(until);
  terminal_restore();
  if (!resume.possible) signals_close();
}

int session_rest(int milliseconds, struct ending *ending) {
  begin(-1, ending);
  struct pollfd signals = {.fd = s.signals, .events = POLLIN};
  if (poll(&signals, 1, milliseconds) > 0) read_signal();
  return s.done;
}
