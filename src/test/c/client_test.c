/* The real client and launcher, as processes, with an engine of the tests' own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"
#include "frame.h"
#include "keeper.h"

static struct {
  char folder[64], binary[96], run[96];
} home;

static char text[1 << 20];

static void write_lib(const char *name, const char *content) {
  char path[160];
  snprintf(path, sizeof path, "%s/lib/%s", home.folder, name);
  FILE *file = fopen(path, "w");
  CHECK(file && fputs(content, file) >= 0 && fclose(file) == 0, "%s", path);
}

static void copy_binary(void) {
  static char bytes[8 << 20];
  const char *from = getenv("JCOMPOSE_BINARY");
  CHECK(from, "JCOMPOSE_BINARY is to name the client");
  int in = open(from, O_RDONLY), out = open(home.binary, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  CHECK(in >= 0 && out >= 0, "%s", from);
  ssize_t length = read(in, bytes, sizeof bytes);
  CHECK(length > 0 && write(out, bytes, (size_t)length) == length);
  close(in);
  close(out);
}

static void make_home(void) {
  char path[160], self[256];
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  make_folder(home.folder);
  CHECK(chmod(home.folder, 0755) == 0);
  snprintf(path, sizeof path, "%s/bin", home.folder);
  CHECK(mkdir(path, 0755) == 0);
  snprintf(path, sizeof path, "%s/lib", home.folder);
  CHECK(mkdir(path, 0755) == 0);
  snprintf(home.binary, sizeof home.binary, "%s/bin/jcompose", home.folder);
  snprintf(home.run, sizeof home.run, "%s/run", home.folder);
  copy_binary();
  ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  self[length] = 0;
  write_lib("build", "1700000000000\n1.0\n");
  write_lib("java", self);
  write_lib("engine.args", "--fake-engine\n-Dlib=@LIB@:@LIB@\n");
  write_lib("engine.env", "KEPT\nNOT_SET\n");
  write_lib("verbs", "verb version\noption -f\noption --file\n");
  write_lib("local.args", "-c\necho local \"$@\"\nsh\n");
  CHECK(setenv("JCOMPOSE_RUN", home.run, 1) == 0 && setenv("KEPT", "yes", 1) == 0 && setenv("LOST", "x", 1) == 0);
}

static pid_t launch(char *const *argv, int in, int out) {
  pid_t pid = fork();
  if (pid == 0) {
    if (in >= 0) dup2(in, 0);
    if (out >= 0) dup2(out, 1), dup2(out, 2);
    execv(home.binary, argv);
    _exit(99);
  }
  return pid;
}

static int wait_code(pid_t pid) {
  int status;
  CHECK(waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* Runs a command to its end; its output is in `text`, its code is returned. */
static int run(const char *first, const char *second) {
  char *argv[] = {"jcompose", (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t pid = launch(argv, -1, ends[1]);
  close(ends[1]);
  size_t length = 0;
  ssize_t count;
  while ((count = read(ends[0], text + length, sizeof text - 1 - length)) > 0) length += (size_t)count;
  text[length] = 0;
  close(ends[0]);
  return wait_code(pid);
}

/* The engine leaves, the launcher with it, and nothing of either is left. */
static void remove_home(void) {
  char path[128];
  struct stat status;
  CHECK(run("quit", "") == 0, "%s", text);
  while (waitpid(-1, NULL, 0) > 0) continue;
  snprintf(path, sizeof path, "%s/engine.sock", home.run);
  CHECK(stat(path, &status) < 0 && errno == ENOENT, "the socket is left");
  remove_folder(home.folder);
}

static int engine_pid(void) {
  int pid = 0;
  CHECK(run("report", "") == 0, "%s", text);
  CHECK(sscanf(text, "pid %d", &pid) == 1);
  return pid;
}

static void starts_an_engine_and_returns_its_code(void) {
  make_home();
  CHECK(run("code", "42") == 42, "%s", text);
  int first = engine_pid();
  CHECK(run("code", "0") == 0 && engine_pid() == first);
  CHECK(strstr(text, "from /"));
  remove_home();
}

static void gives_the_engine_a_clean_world(void) {
  char lib[256];
  make_home();
  umask(0);
  struct rlimit files = {.rlim_cur = 100, .rlim_max = 4096};
  CHECK(setrlimit(RLIMIT_NOFILE, &files) == 0);
  CHECK(dup2(2, 33) == 33);
  CHECK(run("report", "all") == 0);
  snprintf(lib, sizeof lib, "argument -Dlib=%s/lib:%s/lib\n", home.folder, home.folder);
  CHECK(strstr(text, lib), "%s", text);
  CHECK(strstr(text, "environment KEPT=yes\n") && strstr(text, "environment HOME=/root\n"), "%s", text);
  CHECK(!strstr(text, "LOST") && !strstr(text, "NOT_SET"), "%s", text);
  CHECK(strstr(text, "folder /\numask 22\nsession 1\nsoft 1024\n"), "%s", text);
  CHECK(strstr(text, "fd 5\n") && !strstr(text, "fd 33\n"), "%s", text);
  remove_home();
}

static void passes_pipes_through(void) {
  char *argv[] = {"jcompose", "echo", NULL};
  int in[2], out[2];
  make_home();
  CHECK(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
  pid_t pid = launch(argv, in[0], out[1]);
  close(in[0]), close(out[1]);
  CHECK(write(in[1], "through", 7) == 7);
  close(in[1]);
  CHECK(read(out[0], text, sizeof text) == 7 && !memcmp(text, "through", 7));
  CHECK(wait_code(pid) == 0);
  remove_home();
}

static void many_start_one_engine(void) {
  enum { CLIENTS = 20 };
  char *argv[] = {"jcompose", "code", "5", NULL};
  pid_t pids[CLIENTS];
  make_home();
  for (int i = 0; i < CLIENTS; i++) pids[i] = launch(argv, -1, -1);
  for (int i = 0; i < CLIENTS; i++) CHECK(wait_code(pids[i]) == 5);
  remove_home();
}

static void restarts_an_engine_that_died(void) {
  make_home();
  int first = engine_pid();
  CHECK(run("crash", "") == 0);
  int second = engine_pid();
  CHECK(second != first);
  CHECK(run("renew", "") == 0);
  CHECK(engine_pid() != second);
  remove_home();
}

static void says_when_the_engine_does_not_stay_up(void) {
  make_home();
  write_lib("engine.args", "--fake-engine\nbroken\n");
  CHECK(run("code", "1") == 1);
  CHECK(strstr(text, "does not stay up") && strstr(text, "engine.log"), "%s", text);
  CHECK(strstr(text, "ended with code 1, 5 times within seconds: not started again\n"), "%s", text);
  write_lib("java", "/no/such/java\n");
  CHECK(run("code", "1") == 1);
  CHECK(strstr(text, "/no/such/java: No such file"), "%s", text);
  while (waitpid(-1, NULL, 0) > 0) continue;
  remove_folder(home.folder);
}

static void says_when_the_engine_dies_in_the_middle(void) {
  make_home();
  CHECK(run("die-late", "") == 1);
  CHECK(strstr(text, "in the middle of the command"), "%s", text);
  CHECK(run("hang-up", "") == 1);
  CHECK(strstr(text, "closes the connection"), "%s", text);
  remove_home();
}

static void goes_on_with_the_next_engine(void) {
  make_home();
  CHECK(run("go-on", "") == 9, "%s", text);
  CHECK(!strcmp(text, "begun\none\ntwo\nthree\nfour\nfive\n7=seven 5=longer than five "), "%s", text);
  CHECK(run("stopped", "") == 1 && strstr(text, "the engine was stopped"), "%s", text);
  remove_home();
}

/* Starts a command whose output is `text` once it has said that it is ready; what comes later is read from `out`. */
static pid_t launch_ready(const char *first, const char *second, int *out) {
  char *argv[] = {"jcompose", (char *)(uintptr_t)first, (char *)(uintptr_t)second, NULL};
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t pid = launch(argv, -1, ends[1]);
  close(ends[1]);
  CHECK(read(ends[0], text, 6) == 6 && !memcmp(text, "ready\n", 6));
  *out = ends[0];
  return pid;
}

static void read_rest(int out) {
  size_t length = 0;
  ssize_t count;
  while ((count = read(out, text + length, sizeof text - 1 - length)) > 0) length += (size_t)count;
  text[length] = 0;
  close(out);
}

static void tells_the_next_engine_of_signals_that_the_last_may_not_have_heard(void) {
  int out;
  make_home();
  pid_t pid = launch_ready("signals", "", &out);
  kill(pid, SIGINT);
  read_rest(out);
  CHECK(wait_code(pid) == 4);
  CHECK(!strcmp(text, "again\nsignal 2\n"), "%s", text);
  pid = launch_ready("follow", "77", &out);
  kill(pid, SIGTERM);
  CHECK(wait_code(pid) == 77, "a signal ends it with the code that it was given");
  read_rest(out);
  remove_home();
}

static void says_when_no_engine_comes_back(void) {
  int out;
  make_home();
  int engine = engine_pid();
  pid_t pid = launch_ready("follow", "0", &out);
  write_lib("engine.args", "--fake-engine\nbroken\n");
  kill(engine, SIGKILL);
  read_rest(out);
  CHECK(wait_code(pid) == 1);
  CHECK(strstr(text, "the engine does not stay up"), "%s", text);
  while (waitpid(-1, NULL, 0) > 0) continue;
  remove_folder(home.folder);
}

static void runs_what_needs_no_engine_by_itself(void) {
  make_home();
  write_lib("java", "/bin/sh\n");
  CHECK(run("version", "x") == 0);
  CHECK(!strcmp(text, "local version x\n"), "%s", text);
  CHECK(run("--help", "up") == 0 && !strcmp(text, "local --help up\n"), "%s", text);
  CHECK(run("-f", "y") == 0 && !strcmp(text, "local -f y\n"), "%s", text);
  CHECK(run("up", "--help") == 0 && !strcmp(text, "local up --help\n"), "%s", text);
  remove_folder(home.folder);
}

static void refuses_with_the_engines_words(void) {
  make_home();
  CHECK(run("refuse", "") == 1);
  CHECK(!strcmp(text, "jcompose: no way\n"), "%s", text);
  remove_home();
}

static void starts_a_newer_engine(void) {
  char marker[128];
  make_home();
  snprintf(marker, sizeof marker, "%s/marker", home.folder);
  int first = engine_pid();
  CHECK(run("old", marker) == 21, "%s", text);
  CHECK(engine_pid() != first);
  remove_home();
}

static void wants_an_absolute_run_folder(void) {
  make_home();
  CHECK(setenv("JCOMPOSE_RUN", "run", 1) == 0);
  CHECK(run("code", "1") == 2 && strstr(text, "absolute"), "%s", text);
  remove_folder(home.folder);
}

static void needs_root(void) {
  int ends[2], status;
  make_home();
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t pid = fork();
  if (pid == 0) {
    char *argv[] = {"jcompose", "up", NULL};
    dup2(ends[1], 2);
    CHECK(setresuid(65534, 65534, 65534) == 0);
    execv(home.binary, argv);
  }
  CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 1);
  text[read(ends[0], text, sizeof text - 1)] = 0;
  CHECK(!strncmp(text, "jcompose: \"up\" needs root", 25), "%s", text);
  remove_folder(home.folder);
}

static void forwards_signals(void) {
  char *argv[] = {"jcompose", "signal", NULL};
  int ends[2];
  make_home();
  CHECK(run("code", "0") == 0);
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  pid_t pid = launch(argv, ends[0], ends[1]);
  CHECK(read(ends[0], text, 5) == 5);
  kill(pid, SIGUSR1);
  CHECK(wait_code(pid) == SIGUSR1);
  remove_home();
}

/* ---- a terminal ---- */

static int read_until(int master, const char *end) {
  size_t length = 0;
  struct pollfd fd = {.fd = master, .events = POLLIN};
  while (poll(&fd, 1, 10000) > 0) {
    ssize_t count = read(master, text + length, sizeof text - 1 - length);
    if (count <= 0) return 0;
    length += (size_t)count;
    text[length] = 0;
    if (strstr(text, end)) return 1;
  }
  return 0;
}

static int is_raw(int master) {
  struct termios modes;
  CHECK(tcgetattr(master, &modes) == 0);
  return !(modes.c_lflag & (ICANON | ECHO | ISIG));
}

static pid_t launch_on_terminal(int *master) {
  struct winsize size = {.ws_row = 24, .ws_col = 80};
  CHECK(run("code", "0") == 0);
  pid_t pid = forkpty(master, NULL, NULL, &size);
  if (pid == 0) {
    char *argv[] = {"jcompose", "terminal", NULL};
    execv(home.binary, argv);
    _exit(99);
  }
  return pid;
}

static void keeps_the_terminal(void) {
  int master, status;
  make_home();
  pid_t pid = launch_on_terminal(&master);
  CHECK(read_until(master, "ready"));
  CHECK(is_raw(master));
  CHECK(write(master, "\3a", 2) == 2); /* Ctrl-C is a byte like others */
  CHECK(read_until(master, "a") && text[0] == 3, "%s", text);
  CHECK(write(master, "q", 1) == 1);
  CHECK(read_until(master, "q"));
  CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3);
  CHECK(!is_raw(master), "the terminal was left raw");
  close(master);
  remove_home();
}

static void restores_the_terminal_when_the_engine_dies(void) {
  int master, status;
  make_home();
  pid_t pid = launch_on_terminal(&master);
  CHECK(read_until(master, "ready") && is_raw(master));
  CHECK(write(master, "d", 1) == 1);
  CHECK(read_until(master, "in the middle"));
  CHECK(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 1);
  CHECK(!is_raw(master), "the terminal was left raw");
  close(master);
  remove_home();
}

/* A client that leads an orphaned group is not stopped by TSTP: so a shell stands between. */
static void stops_itself_and_goes_on(void) {
  int master, status, go[2];
  char byte;
  make_home();
  CHECK(run("code", "0") == 0 && pipe2(go, O_CLOEXEC) == 0);
  pid_t shell = forkpty(&master, NULL, NULL, NULL);
  if (shell == 0) {
    char *argv[] = {"jcompose", "terminal", NULL};
    signal(SIGTTOU, SIG_IGN);
    pid_t client = fork();
    if (client == 0) {
      setpgid(0, 0);
      tcsetpgrp(0, getpid());
      signal(SIGTTOU, SIG_DFL);
      execv(home.binary, argv);
    }
    setpgid(client, client);
    if (waitpid(client, &status, WUNTRACED) != client || !WIFSTOPPED(status)) _exit(50);
    tcsetpgrp(0, getpgrp());
    if (is_raw(0) || read(go[0], &byte, 1) != 1) _exit(51);
    tcsetpgrp(0, client);
    kill(client, SIGCONT);
    if (waitpid(client, &status, 0) != client) _exit(52);
    _exit(WEXITSTATUS(status));
  }
  CHECK(read_until(master, "ready") && is_raw(master));
  CHECK(write(master, "z", 1) == 1);
  CHECK(read_until(master, "z"));
  while (is_raw(master)) usleep(1000);
  CHECK(write(go[1], "", 1) == 1);
  while (!is_raw(master)) usleep(1000);
  CHECK(write(master, "q", 1) == 1);
  CHECK(waitpid(shell, &status, 0) == shell && WEXITSTATUS(status) == 3, "%x", status);
  close(master);
  remove_home();
}

/* ---- keepers ---- */

static int ask_keeper(const char *path, uint16_t type, char *answer, size_t size) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  uint8_t frame[64];
  strcpy(address.sun_path, path);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
  struct writer w = frame_begin(frame, sizeof frame, type, 1);
  CHECK(send(fd, frame, frame_end(&w), 0) == FRAME_HEADER);
  ssize_t length = recv(fd, answer, size, 0);
  CHECK(length >= FRAME_HEADER);
  socklen_t cred_size = sizeof(struct ucred);
  struct ucred cred;
  CHECK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &cred_size) == 0);
  close(fd);
  return (uint8_t)answer[4];
}

static pid_t find_process(const char *title) {
  char path[64], line[256];
  for (pid_t pid = 2; pid < 4194304; pid++) {
    snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
      if (pid > 40000) return 0;
      continue;
    }
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    line[length > 0 ? length : 0] = 0;
    if (!strcmp(line, title)) return pid;
  }
  return 0;
}

static long pss_kb(pid_t pid) {
  char path[64], line[128];
  long total = -1;
  snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
  FILE *file = fopen(path, "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "Pss: %ld", &total) == 1) break;
  if (file) fclose(file);
  return total;
}

static void forks_keepers_that_outlive_it(void) {
  char path[128], target[256], answer[256];
  make_home();
  snprintf(path, sizeof path, "%s/keeper.sock", home.folder);
  CHECK(run("spawn", path) == 0, "%s", text);
  CHECK(ask_keeper(path, REQUEST_STATUS, answer, sizeof answer) == ANSWER_STATUS);
  pid_t keeper = find_process("jcompose: keeper web-1");
  CHECK(keeper, "no keeper of that name");
  CHECK(getsid(keeper) == keeper);
  /* 0-2, its socket, signalfd. */
  CHECK(count_fds(keeper) <= 6, "%d descriptors", count_fds(keeper));
  char link[64];
  snprintf(link, sizeof link, "/proc/%d/exe", keeper);
  ssize_t length = readlink(link, target, sizeof target - 1);
  target[length] = 0;
  CHECK(strstr(target, "memfd:jcompose"), "%s", target);
  CHECK(pss_kb(keeper) <= 500, "%ld kB", pss_kb(keeper));
  printf("      a keeper's PSS: %ld kB\n", pss_kb(keeper));
  CHECK(run("quit", "") == 0);
  /* Connecting first: the launcher is gone when its socket is, and the keeper answers all the same. */
  CHECK(ask_keeper(path, REQUEST_STATUS, answer, sizeof answer) == ANSWER_STATUS);
  CHECK(ask_keeper(path, REQUEST_END, answer, sizeof answer) == ANSWER_OK);
  while (waitpid(-1, NULL, 0) > 0) continue;
  remove_folder(home.folder);
}

static void leaves_when_told_to(void) {
  struct stat status;
  char path[128];
  make_home();
  CHECK(run("code", "0") == 0);
  pid_t launcher = find_process("jcompose: launcher");
  CHECK(launcher && kill(launcher, SIGTERM) == 0);
  while (waitpid(-1, NULL, 0) > 0) continue;
  snprintf(path, sizeof path, "%s/engine.sock", home.run);
  CHECK(stat(path, &status) < 0);
  /* One that was killed leaves its socket behind, and the next is not held up by it. */
  CHECK(run("code", "0") == 0);
  launcher = find_process("jcompose: launcher");
  CHECK(launcher && kill(launcher, SIGKILL) == 0);
  CHECK(run("code", "8") == 8, "%s", text);
  remove_home();
}

int client_tests(const char *only) {
  static const struct test TESTS[] = {
      {"client: starts an engine and returns its code", starts_an_engine_and_returns_its_code},
      {"launcher: gives the engine a clean world", gives_the_engine_a_clean_world},
      {"client: passes pipes through", passes_pipes_through},
      {"client: many start one engine", many_start_one_engine},
      {"launcher: restarts an engine that died", restarts_an_engine_that_died},
      {"client: says when the engine does not stay up", says_when_the_engine_does_not_stay_up},
      {"client: says when the engine dies in the middle", says_when_the_engine_dies_in_the_middle},
      {"client: goes on with the next engine", goes_on_with_the_next_engine},
      {"client: tells the next engine of signals that the last may not have heard",
       tells_the_next_engine_of_signals_that_the_last_may_not_have_heard},
      {"client: says when no engine comes back", says_when_no_engine_comes_back},
      {"client: runs what needs no engine by itself", runs_what_needs_no_engine_by_itself},
      {"client: refuses with the engine's words", refuses_with_the_engines_words},
      {"client: starts a newer engine", starts_a_newer_engine},
      {"client: wants an absolute run folder", wants_an_absolute_run_folder},
      {"launcher: leaves when told to", leaves_when_told_to},
      {"client: needs root", needs_root},
      {"client: forwards signals", forwards_signals},
      {"client: keeps the terminal", keeps_the_terminal},
      {"client: restores the terminal when the engine dies", restores_the_terminal_when_the_engine_dies},
      {"client: stops itself and goes on", stops_itself_and_goes_on},
      {"launcher: forks keepers that outlive it", forks_keepers_that_outlive_it},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
