/* An engine of the tests' own, started by the real launcher in the place of Java. The first argument of a command
 * says what it is to do. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "check.h"
#include "client.h"
#include "launcher.h"

enum { LISTENER = 3, CONTROL = 4, ALIVE = 5 };

static uint8_t bytes[FRAME_HEADER + INVOKE_MAX];
static int fds[FDS_MAX], fd_count;

struct command {
  int socket;
  int flags;
  char folder[4096];
  char arguments[16][4096];
  uint32_t count;
  char kept[256]; /* "KEY=PART " for each */
};

static int read_exactly(int socket, uint8_t *to, size_t length) {
  for (size_t got = 0; got < length;) {
    int more[FDS_MAX], count;
    long received = receive_fds(socket, to + got, length - got, more, &count, 0);
    if (received <= 0) return 0;
    for (int i = 0; i < count; i++) fds[fd_count++] = more[i];
    got += (size_t)received;
  }
  return 1;
}

static uint16_t read_frame(int socket, struct reader *payload) {
  struct frame frame;
  if (!read_exactly(socket, bytes, FRAME_HEADER)) return 0; /* somebody who only looked whether we are here */
  CHECK(frame_header(bytes, INVOKE_MAX, &frame) == 0);
  if (!read_exactly(socket, bytes + FRAME_HEADER, frame.length)) return 0;
  *payload = reader_of(bytes + FRAME_HEADER, frame.length);
  return frame.type;
}

static void write_frame(int socket, uint16_t type, const void *payload, size_t length) {
  uint8_t out[8192];
  struct writer w = frame_begin(out, sizeof out, type, 0);
  put_bytes(&w, payload, length);
  size_t size = frame_end(&w);
  CHECK(send(socket, out, size, MSG_NOSIGNAL) == (ssize_t)size);
}

static void exit_code(int socket, uint8_t code) { write_frame(socket, EXIT_CODE, &code, 1); }

static int read_invoke(int socket, struct command *command) {
  struct reader r;
  uint32_t length;
  fd_count = 0;
  if (read_frame(socket, &r) != INVOKE) return 0;
  memset(command, 0, sizeof *command);
  command->socket = socket;
  take64(&r);
  command->flags = take8(&r);
  take16(&r), take16(&r);
  for (int i = 0; i < 4; i++)
    if (!take64(&r)) _exit(7);
  const uint8_t *folder = take_string(&r, &length);
  memcpy(command->folder, folder, length);
  command->count = take32(&r);
  for (uint32_t i = 0; i < command->count && i < 16; i++) {
    const uint8_t *argument = take_string(&r, &length);
    if (length < sizeof command->arguments[i]) memcpy(command->arguments[i], argument, length);
  }
  for (uint32_t variables = take32(&r); variables > 0; variables--) take_string(&r, &length);
  size_t used = 0;
  for (uint32_t parts = take32(&r); parts > 0 && !r.bad; parts--) {
    uint32_t key = take32(&r);
    const uint8_t *part = take_string(&r, &length);
    used += (size_t)snprintf(command->kept + used, sizeof command->kept - used, "%u=%.*s ", key, (int)length, part);
  }
  CHECK(!r.bad && r.at == r.end);
  return 1;
}

static void describe(FILE *to, char **environment, int argc, char **argv) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  for (int i = 0; i < argc; i++) fprintf(to, "argument %s\n", argv[i]);
  for (; *environment; environment++) fprintf(to, "environment %s\n", *environment);
  char folder[256];
  fprintf(to, "folder %s\n", getcwd(folder, sizeof folder));
  fprintf(to, "umask %o\n", umask(022));
  fprintf(to, "session %d\n", getsid(0) == getpid());
  fprintf(to, "soft %lu\n", (unsigned long)files.rlim_cur);
  for (int fd = 0; fd < 64; fd++)
    if (fcntl(fd, F_GETFD) >= 0 && fd != fileno(to)) fprintf(to, "fd %d\n", fd);
}

static void spawn_keeper(struct command *command) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  uint8_t frame[256];
  strncpy(address.sun_path, command->arguments[1], sizeof address.sun_path - 1);
  int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 8) == 0);
  struct writer w = frame_begin(frame, sizeof frame, 1, 77);
  put_string(&w, "web-1", 5);
  size_t size = frame_end(&w);
  CHECK(send_fds(CONTROL, frame, size, &listener, 1, 0) == (long)size);
  CHECK(recv(CONTROL, frame, sizeof frame, 0) == FRAME_HEADER + 4);
  CHECK(frame[4] == 0x80 && frame[8] == 77);
  close(listener);
}

static void control(uint16_t type) {
  uint8_t frame[FRAME_HEADER];
  struct writer w = frame_begin(frame, sizeof frame, type, 0);
  send_fds(CONTROL, frame, frame_end(&w), NULL, 0, 0);
}

static void wait_signal(int socket) {
  struct reader r;
  if (write(fds[1], "ready", 5) != 5) return; /* into the standard output */
  if (read_frame(socket, &r) != SIGNAL) return;
  exit_code(socket, take8(&r));
}

static void use_terminal(int socket) {
  static const uint8_t RAW[1] = {INPUT_RAW}, OFF[1] = {INPUT_OFF};
  struct reader r;
  write_frame(socket, INPUT, RAW, 1);
  write_frame(socket, OUT, "ready\n", 6);
  while (read_frame(socket, &r) == STDIN_BYTES) {
    write_frame(socket, OUT, r.at, (size_t)(r.end - r.at));
    if (*r.at == 'q') break;
    if (*r.at == 'z') write_frame(socket, STOP_SELF, NULL, 0);
    if (*r.at == 'd') _exit(1);
  }
  write_frame(socket, INPUT, OFF, 1);
  exit_code(socket, 3);
}

static void resumable(int socket, uint8_t code) { write_frame(socket, RESUMABLE, &code, 1); }

static void shown(int socket, uint32_t key, const char *part, const char *text) {
  uint8_t payload[256];
  struct writer w = {.start = payload, .at = payload, .end = payload + sizeof payload};
  put8(&w, 1);
  put32(&w, key);
  put_string(&w, part, strlen(part));
  put_bytes(&w, text, strlen(text));
  write_frame(socket, SHOWN, payload, (size_t)(w.at - payload));
}

/* The first engine dies in the middle of a frame, the second tells what it was given. */
static void go_on(struct command *command) {
  int socket = command->socket;
  if (command->kept[0]) {
    write_frame(socket, OUT, command->kept, strlen(command->kept));
    exit_code(socket, 9);
    return;
  }
  resumable(socket, 0);
  write_frame(socket, OUT, "begun\n", 6);
  shown(socket, 5, "five", "one\n");
  shown(socket, 6, "gone", "two\n");
  shown(socket, 7, "seven", "three\n");
  shown(socket, 5, "longer than five", "four\n");
  shown(socket, 6, "", "five\n");
  uint8_t frame[64];
  struct writer w = frame_begin(frame, sizeof frame, SHOWN, 0);
  put8(&w, 1), put32(&w, 7), put_string(&w, "eight", 5), put_bytes(&w, "torn", 4);
  size_t size = frame_end(&w);
  CHECK(send(socket, frame, size - 2, MSG_NOSIGNAL) == (ssize_t)size - 2);
  _exit(1);
}

/* Says what signals it hears of; dies at the first that it is not told to have taken account of. */
static void count_signals(struct command *command) {
  struct reader r;
  uint8_t number = SIGKILL;
  char text[32];
  resumable(command->socket, 0);
  shown(command->socket, 1, "begun", command->kept[0] ? "again\n" : "ready\n");
  if (read_frame(command->socket, &r) == SIGNAL) number = take8(&r);
  if (!command->kept[0]) _exit(1);
  snprintf(text, sizeof text, "signal %d\n", number);
  shown(command->socket, 0, "taken", text);
  exit_code(command->socket, 4);
}

static void follow_on(struct command *command, uint8_t code) {
  struct reader r;
  resumable(command->socket, code);
  shown(command->socket, 1, "begun", "ready\n");
  read_frame(command->socket, &r);
}

static void echo(int socket) {
  ssize_t count;
  CHECK(fd_count == 3);
  while ((count = read(fds[0], bytes, sizeof bytes)) > 0)
    if (write(fds[1], bytes, (size_t)count) != count) _exit(6);
  exit_code(socket, 0);
}

static void report(struct command *command, int argc, char **argv, char **environment) {
  FILE *to = fdopen(fds[1], "w");
  fprintf(to, "pid %d\nkeyed %s\nfrom %s\nflags %d\n", getpid(), command->arguments[1], command->folder,
          command->flags);
  for (int i = 0; i < fd_count; i++) fcntl(fds[i], F_SETFD, FD_CLOEXEC);
  if (!strcmp(command->arguments[1], "all")) describe(to, environment, argc, argv);
  fclose(to);
  exit_code(command->socket, 0);
}

static void serve(int socket, int argc, char **argv, char **environment) {
  static struct command command;
  if (!read_invoke(socket, &command)) return;
  const char *what = command.arguments[0];
  if (!strcmp(what, "die")) _exit(1);
  if (!strcmp(what, "hang-up")) return;
  if (!strcmp(what, "refuse")) {
    write_frame(socket, REFUSED, "\1\6\0\0\0no way", 11);
    return;
  }
  /* The first time it is older than the client, and makes way. */
  if (!strcmp(what, "old") && open(command.arguments[1], O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0) {
    write_frame(socket, REFUSED, "\4\0\0\0\0", 5);
    control(2);
    _exit(0);
  }
  write_frame(socket, ACCEPTED, NULL, 0);
  if (!strcmp(what, "old")) exit_code(socket, 21);
  if (!strcmp(what, "code")) exit_code(socket, (uint8_t)atoi(command.arguments[1]));
  if (!strcmp(what, "echo")) echo(socket);
  if (!strcmp(what, "report")) report(&command, argc, argv, environment);
  if (!strcmp(what, "signal")) wait_signal(socket);
  if (!strcmp(what, "terminal")) use_terminal(socket);
  if (!strcmp(what, "die-late")) _exit(1);
  if (!strcmp(what, "go-on")) go_on(&command);
  if (!strcmp(what, "signals")) count_signals(&command);
  if (!strcmp(what, "follow")) follow_on(&command, (uint8_t)atoi(command.arguments[1]));
  if (!strcmp(what, "stopped")) resumable(socket, 0), write_frame(socket, STOPPED, NULL, 0);
  if (!strcmp(what, "spawn")) spawn_keeper(&command), exit_code(socket, 0);
  if (!strcmp(what, "crash")) exit_code(socket, 0), raise(SIGKILL);
  if (!strcmp(what, "quit")) control(2), exit_code(socket, 0), _exit(0);
  if (!strcmp(what, "renew")) control(3), exit_code(socket, 0), _exit(0);
}

int fake_engine(int argc, char **argv, char **environment) {
  signal(SIGPIPE, SIG_IGN);
  if (argc > 2 && !strcmp(argv[2], "broken")) return 1;
  for (;;) {
    struct pollfd waiting[2] = {{.fd = LISTENER, .events = POLLIN}, {.fd = ALIVE, .events = POLLIN}};
    poll(waiting, 2, -1);
    if (waiting[1].revents) return 0; /* the launcher is gone */
    int socket = accept4(LISTENER, NULL, NULL, SOCK_CLOEXEC);
    if (socket < 0) return 1;
    /* Each command by itself, as the engine does it: one that waits keeps nobody else. */
    serve(socket, argc, argv, environment);
    for (int i = 0; i < fd_count; i++) close(fds[i]);
    fd_count = 0;
    close(socket);
  }
}
