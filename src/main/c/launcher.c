/* Holds the engine's socket, starts the engine, and forks the keepers. */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"

enum { SPAWN = 1, QUIT = 2, RENEW = 3, SPAWNED = 0x80, SPAWN_FAILED = 0x81 };
enum { BACKLOG = 512, LOG_FULL = 8 * 1024 * 1024, LOCK_WAIT_US = 20 * 1000, LOCK_TRIES = 500 };

/* A life this long starts the count of failures anew; five that are shorter than a short one are no accident. */
enum { LONG_LIFE_MS = 10 * 1000, SHORT_LIFE_MS = 2000, GIVE_UP = 5, DELAY_MS = 100, DELAY_MAX_MS = 10 * 1000 };

static struct {
  struct world world;
  struct inherited inherited;
  struct sockaddr_un address;
  const char *run;
  int run_folder, lock, control, alive, signals;
  pid_t engine; /* 0: none runs */
  int leaving, renewing;
  int failures, short_lives;
  int64_t started, restart; /* restart: when to start it again, 0: not */
  char *title, *title_end;
} l = {.control = -1, .alive = -1};

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  if (length >= (int)sizeof line) length = sizeof line - 1;
  /* There is nobody to tell when even the log can't be written. */
  if (write(2, line, (size_t)length) < 0) errno = 0;
}

/* The reason goes to the client that started us, if it still waits, and to the log. */
__attribute__((format(printf, 1, 2))) _Noreturn static void give_up(const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  note("launcher: %s\n", line);
  if (write(READY_FD, line, strlen(line)) < 0) errno = 0;
  _exit(1);
}

/* ---- one per run folder ---- */

static void open_run_folder(void) {
  struct stat status;
  if (mkdir(l.run, 0700) < 0 && errno != EEXIST) give_up("cannot make the folder %s: %s", l.run, strerror(errno));
  l.run_folder = open(l.run, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (l.run_folder < 0 || fstat(l.run_folder, &status) < 0) give_up("cannot open %s: %s", l.run, strerror(errno));
  if (status.st_uid != geteuid() || status.st_mode & 022)
    give_up("%s must belong to root, and nobody else may write there", l.run);
  l.address.sun_family = AF_UNIX;
  int length = snprintf(l.address.sun_path, sizeof l.address.sun_path, "%s/engine.sock", l.run);
  /* ".new" must fit as well; what is too long for an address is named by its opened folder. */
  if (length + 5 > (int)sizeof l.address.sun_path)
    snprintf(l.address.sun_path, sizeof l.address.sun_path, "/proc/self/fd/%d/engine.sock", l.run_folder);
}

static int somebody_listens(void) {
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int listens = connect(fd, (struct sockaddr *)&l.address, sizeof l.address) == 0;
  close(fd);
  return listens;
}

static void wake(int number) { (void)number; }

/* Another launcher holds the lock: it is about to listen, and then we are not needed, or it is about to leave.
 * flock(2) has no time limit, so a timer interrupts it and we look at the socket. */
static int wait_for_lock(void) {
  struct itimerval timer = {.it_value = {.tv_usec = LOCK_WAIT_US}, .it_interval = {.tv_usec = LOCK_WAIT_US}};
  struct itimerval off = {0};
  struct sigaction action = {.sa_handler = wake};
  int locked = -1;
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
  for (int i = 0; locked < 0 && i < LOCK_TRIES && !somebody_listens(); i++) locked = flock(l.lock, LOCK_EX);
  setitimer(ITIMER_REAL, &off, NULL);
  signal(SIGALRM, SIG_DFL);
  return locked;
}

static void take_lock(void) {
  l.lock = openat(l.run_folder, "engine.lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (l.lock < 0) give_up("cannot open %s/engine.lock: %s", l.run, strerror(errno));
  if (flock(l.lock, LOCK_EX | LOCK_NB) == 0) return;
  if (wait_for_lock() == 0) return;
  if (somebody_listens()) _exit(0);
  give_up("another launcher holds %s/engine.lock and does not listen", l.run);
}

static void open_log(void) {
  struct stat status;
  if (fstatat(l.run_folder, "engine.log", &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_size > LOG_FULL)
    renameat(l.run_folder, "engine.log", l.run_folder, "engine.log.old");
  int fd = openat(l.run_folder, "engine.log", O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) give_up("cannot open %s/engine.log: %s", l.run, strerror(errno));
  dup2(fd, 2);
  l.world.log = fd;
}

/* Under another name first: whoever finds the socket finds it listening. */
static void listen_for_clients(void) {
  struct sockaddr_un fresh = l.address;
  strcat(fresh.sun_path, ".new");
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  mode_t mask = umask(0177);
  unlink(fresh.sun_path);
  if (fd < 0 || bind(fd, (struct sockaddr *)&fresh, sizeof fresh) < 0 || listen(fd, BACKLOG) < 0 ||
      rename(fresh.sun_path, l.address.sun_path) < 0)
    give_up("cannot listen on %s/engine.sock: %s", l.run, strerror(errno));
  umask(mask);
  l.world.listener = fd;
}

/* ---- the engine ---- */

static void open_control(void) {
  int control[2], alive[2];
  close_fd(&l.control);
  close_fd(&l.alive);
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0 || pipe2(alive, O_CLOEXEC) < 0)
    give_up("cannot make a socket for the engine: %s", strerror(errno));
  l.control = control[0];
  l.alive = alive[1];
  l.world.control = control[1];
  l.world.alive = alive[0];
}

_Noreturn static void leave(int code) {
  unlink(l.address.sun_path);
  _exit(code);
}

static void start_engine(void) {
  const char *what;
  open_control();
  pid_t pid = world_start(&l.world, &what);
  close_fd(&l.world.control);
  close_fd(&l.world.alive);
  if (pid < 0) {
    unlink(l.address.sun_path);
    give_up("cannot run the engine: %s: %s", what, strerror(-pid));
  }
  l.engine = pid;
  l.started = now_ms();
  l.restart = 0;
  l.renewing = 0;
}

static int64_t delay(void) {
  int64_t wait = 0;
  for (int i = 1; i < l.failures && wait < DELAY_MAX_MS; i++) wait = wait ? wait * 2 : DELAY_MS;
  return wait < DELAY_MAX_MS ? wait : DELAY_MAX_MS;
}

static void plan_restart(int status) {
  int64_t life = now_ms() - l.started;
  if (life >= LONG_LIFE_MS) l.failures = 0;
  l.short_lives = life < SHORT_LIFE_MS ? l.short_lives + 1 : 0;
  l.failures++;
  const char *how = WIFSIGNALED(status) ? "was killed by signal" : "ended with code";
  int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
  if (l.short_lives >= GIVE_UP) {
    note("launcher: the engine %s %d, %d times within seconds: not started again\n", how, number, l.short_lives);
    leave(1);
  }
  note("launcher: the engine %s %d after %lld ms; starting it again\n", how, number, (long long)life);
  l.restart = now_ms() + delay();
}

static void handle_control(void);

static void engine_ended(int status) {
  l.engine = 0;
  handle_control(); /* its last word may still be unread */
  if (l.leaving) leave(0);
  if (l.renewing)
    start_engine();
  else
    plan_restart(status);
}

/* ---- keepers ---- */

static void set_title(const char *what, const uint8_t *name, uint32_t length) {
  char *at = l.title;
  memset(l.title, 0, (size_t)(l.title_end - l.title));
  for (; *what && at < l.title_end - 1; what++) *at++ = *what;
  for (; length-- && at < l.title_end - 1; name++) *at++ = (char)*name;
}

_Noreturn static void become_keeper(int listener, const uint8_t *name, uint32_t length) {
  setsid();
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int i = 0; i < 3; i++) dup2(null, i);
  close_all_but(&listener, 1);
  set_title("jcompose: keeper ", name, length);
  prctl(PR_SET_NAME, "jcompose-keeper");
  keeper_run(listener, &l.inherited);
}

static void answer_spawn(uint32_t tag, pid_t pid) {
  uint8_t bytes[FRAME_HEADER + 4];
  struct writer w = frame_begin(bytes, sizeof bytes, pid < 0 ? SPAWN_FAILED : SPAWNED, tag);
  put32(&w, (uint32_t)(pid < 0 ? -pid : pid));
  size_t size = frame_end(&w);
  /* An engine that is gone meanwhile finds the keeper by its socket when it comes back. */
  send_fds(l.control, bytes, size, NULL, 0, MSG_DONTWAIT);
}

static void spawn_keeper(uint32_t tag, struct reader *payload, const int *fds, int count) {
  uint32_t length;
  const uint8_t *name = take_string(payload, &length);
  if (!name || count != 1) {
    answer_spawn(tag, -EINVAL);
    return;
  }
  pid_t pid = fork();
  if (pid == 0) become_keeper(fds[0], name, length);
  answer_spawn(tag, pid < 0 ? -errno : pid);
}

static void handle_frame(const struct frame *frame, struct reader *payload, const int *fds, int count) {
  if (frame->type == SPAWN) spawn_keeper(frame->tag, payload, fds, count);
  if (frame->type == QUIT) l.leaving = 1;
  if (frame->type == RENEW) l.renewing = 1;
}

static void handle_control(void) {
  static uint8_t bytes[FRAME_HEADER + FRAME_MAX];
  static int fds[FDS_MAX];
  int count;
  struct frame frame;
  struct reader payload;
  while (l.control >= 0) {
    long length = receive_fds(l.control, bytes, sizeof bytes, fds, &count, MSG_DONTWAIT);
    if (length == -EAGAIN) return;
    if (length <= 0 || frame_whole(bytes, (size_t)length, &frame, &payload) < 0)
      close_fd(&l.control);
    else
      handle_frame(&frame, &payload, fds, count);
    while (count > 0) close(fds[--count]);
  }
}

/* ---- the loop ---- */

static void reap(void) {
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == l.engine) engine_ended(status);
}

static void handle_signal(void) {
  struct signalfd_siginfo info;
  if (read(l.signals, &info, sizeof info) != sizeof info) return;
  if (info.ssi_signo == SIGCHLD) {
    reap();
  } else if (info.ssi_signo == SIGTERM) {
    l.leaving = 1;
    if (!l.engine) leave(0);
    kill(l.engine, SIGTERM);
  }
}

static void serve(void) {
  int64_t left = l.restart ? l.restart - now_ms() : -1;
  if (l.restart && left <= 0) {
    start_engine();
    return;
  }
  struct pollfd fds[2] = {{.fd = l.signals, .events = POLLIN}, {.fd = l.control, .events = POLLIN}};
  if (poll(fds, 2, (int)left) < 0) return;
  if (fds[1].revents) handle_control();
  if (fds[0].revents) handle_signal();
}

static void open_signals(void) {
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigaddset(&mask, SIGTERM);
  sigprocmask(SIG_BLOCK, &mask, NULL);
  signal(SIGINT, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  l.signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void find_places(char **environment) {
  l.run = world_setting(environment, "JCOMPOSE_RUN", "/run/jcompose");
}

int launcher_main(int argc, char **argv, char **environment) {
  if (argc < 3) return 2;
  fcntl(READY_FD, F_SETFD, 0);
  /* What the caller has in its environment, secrets for example, must not be seen in ours or in a keeper's. */
  struct world caller = {.lib = argv[1], .caller = environment};
  int failed = sealed_exec(argv, world_environment(&caller));
  if (failed == -EACCES)
    give_up("this kernel forbids programs in memory (vm.memfd_noexec=2), which containers need: "
            "set it to 1 or 0 with sysctl");
  if (failed) give_up("cannot make a sealed copy of this program: %s", strerror(-failed));
  fcntl(READY_FD, F_SETFD, FD_CLOEXEC);
  l.world.lib = strdup(argv[1]); /* the title is written over it */
  l.world.caller = environment;
  l.title = argv[0];
  l.title_end = argv[argc - 1] + strlen(argv[argc - 1]) + 1;
  world_clean(&l.inherited);
  find_places(environment);
  open_run_folder();
  take_lock();
  open_log();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  set_title("jcompose: launcher", NULL, 0);
  prctl(PR_SET_NAME, "jcompose"); /* what was executed by descriptor is called by its number */
  open_signals();
  listen_for_clients();
  start_engine();
  close(READY_FD);
  for (;;) serve();
}
