/* The keeper and the step program, in real namespaces with a busybox root. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "check.h"
#include "descriptors.h"
#include "frame.h"
#include "keeper.h"
#include "kernel.h"

static const char *const ENVIRONMENT[] = {"PATH=/bin", "A=b", NULL};

/* ---- a keeper, and one connection to it ---- */

static struct {
  char folder[64], root[96], log[96], run[96], mnt[96];
  pid_t pid;
  int socket, events;
  uint32_t tag;
} k;

static int connect_keeper(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/keeper.sock", k.folder);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  CHECK(connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
  return fd;
}

static int listen_keeper(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/keeper.sock", k.folder);
  int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  CHECK(bind(fd, (struct sockaddr *)&address, sizeof address) == 0);
  CHECK(listen(fd, 16) == 0);
  return fd;
}

static void subfolder(char path[96], const char *name) {
  snprintf(path, 96, "%s/%s", k.folder, name);
  CHECK(mkdir(path, 0755) == 0);
}

static void fork_keeper(void) {
  int listener = listen_keeper();
  k.pid = fork();
  if (k.pid == 0) {
    struct inherited inherited = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind either */
    getrlimit(RLIMIT_NOFILE, &inherited.files);
    for (int i = 0; i < 3; i++) dup2(open("/dev/null", O_RDWR), i);
    close_all_but(&listener, 1);
    keeper_run(listener, &inherited);
  }
  close(listener);
  k.socket = connect_keeper();
}

static void keeper_begin(void) {
  CHECK(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
  prctl(PR_SET_CHILD_SUBREAPER, 1); /* so that whatever a keeper leaves behind is found */
  make_folder(k.folder);
  subfolder(k.root, "root");
  subfolder(k.log, "log");
  subfolder(k.run, "run");
  subfolder(k.mnt, "mnt");
  make_busybox(k.root);
  fork_keeper();
}

/* One request and its answer. */
struct reply {
  struct frame frame;
  struct reader payload;
  uint8_t bytes[FRAME_HEADER + FRAME_MAX];
  int fds[FDS_MAX], count;
};

static uint8_t buffer[FRAME_HEADER + FRAME_MAX];

static struct writer request(uint16_t type) { return frame_begin(buffer, sizeof buffer, type, ++k.tag); }

static void receive(int socket, struct reply *reply) {
  long length = receive_fds(socket, reply->bytes, sizeof reply->bytes, reply->fds, &reply->count, 0);
  CHECK(length > 0, "the keeper hung up: %ld", length);
  CHECK(frame_whole(reply->bytes, (size_t)length, &reply->frame, &reply->payload) == 0);
}

static void ask(struct writer *w, const int *fds, int count, struct reply *reply) {
  size_t size = frame_end(w);
  CHECK(send_fds(k.socket, buffer, size, fds, count, 0) == (long)size);
  receive(k.socket, reply);
  CHECK(reply->frame.tag == k.tag, "tag %u", reply->frame.tag);
}

static uint16_t ask_simple(uint16_t type) {
  static struct reply reply;
  struct writer w = request(type);
  ask(&w, NULL, 0, &reply);
  return reply.frame.type;
}

static void subscribe(void) {
  k.events = connect_keeper();
  int socket = k.socket;
  k.socket = k.events;
  CHECK(ask_simple(REQUEST_SUBSCRIBE) == ANSWER_OK);
  k.socket = socket;
}

static uint32_t exited(uint32_t process) {
  static struct reply event;
  receive(k.events, &event);
  CHECK(event.frame.type == EVENT_EXITED && event.frame.tag == 0);
  uint32_t which = take32(&event.payload);
  CHECK(which == process, "process %u", which);
  take32(&event.payload);
  return take32(&event.payload);
}

static void keeper_end(void) {
  int status;
  CHECK(ask_simple(REQUEST_END) == ANSWER_OK);
  CHECK(waitpid(k.pid, &status, 0) == k.pid && status == 0, "status %x", status);
  CHECK(waitpid(-1, &status, WNOHANG) < 0 && errno == ECHILD, "a process is left");
  remove_folder(k.folder);
}

/* ---- programs ---- */

static int root_tree(void) {
  int fd = k_open_tree(AT_FDCWD, k.root, TREE_CLONE | TREE_CLOEXEC);
  CHECK(fd >= 0);
  return fd;
}

static void steps_root(struct script *s) {
  script_begin(s);
  script_step(s, 8, "s", "/");
  script_step(s, 6, "s", "box");
  script_step(s, 9, "isi", (int64_t)0, k.mnt, (int64_t)1);
  script_step(s, 10, "s", k.mnt);
  script_step(s, 11, "");
  script_step(s, 12, "sssis", "proc", "/proc", "proc", (int64_t)(MS_NOSUID | MS_NODEV | MS_NOEXEC), "");
  script_step(s, 12, "sssis", "tmpfs", "/dev", "tmpfs", (int64_t)MS_NOSUID, "mode=755,size=65536k");
  script_step(s, 16, "siiiii", "/dev/null", (int64_t)(S_IFCHR | 0666), (int64_t)1, (int64_t)3, (int64_t)0, (int64_t)0);
  script_step(s, 14, "si", "/dev/pts", (int64_t)0755);
  script_step(s, 12, "sssis", "devpts", "/dev/pts", "devpts", (int64_t)(MS_NOSUID | MS_NOEXEC),
              "newinstance,ptmxmode=0666,mode=0620,gid=5");
  script_step(s, 17, "ss", "pts/ptmx", "/dev/ptmx");
}

static void steps_last(struct script *s) {
  script_step(s, 40, "");
  script_step(s, 27, "i", (int64_t)0xa80425fb);
  script_step(s, 28, "b", "\0\0\0\0", (size_t)4);
  script_step(s, 29, "");
  script_step(s, 30, "ii", (int64_t)0, (int64_t)0);
  script_step(s, 31, "i", (int64_t)SIGKILL);
  script_step(s, 32, "iii", (int64_t)0xa80425fb, (int64_t)0xa80425fb, (int64_t)0);
  script_step(s, 35, "s", "/work");
}

static void steps_shell(struct script *s, const char *command) {
  const char *const argv[] = {"sh", "-c", command, NULL};
  script_exec(s, argv, ENVIRONMENT);
}

static void start_script(const struct script *s, int pty, int keep_stdin, uint64_t full, uint32_t files,
                         struct reply *reply) {
  struct writer w = request(REQUEST_START);
  put32(&w, 7);
  put64(&w, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC);
  put32(&w, 0);
  put32(&w, 0);
  put8(&w, (uint8_t)keep_stdin);
  put8(&w, (uint8_t)pty);
  put16(&w, 24);
  put16(&w, 80);
  put64(&w, full);
  put32(&w, files);
  put32(&w, (uint32_t)-1);
  int fds[4] = {script_fd(s), open(k.log, O_RDONLY | O_DIRECTORY), open(k.run, O_RDONLY | O_DIRECTORY), root_tree()};
  ask(&w, fds, 4, reply);
  for (int i = 0; i < 4; i++) close(fds[i]);
}

static int started(struct reply *reply) {
  if (reply->frame.type == ANSWER_FAILED) {
    uint32_t step = take32(&reply->payload), error = take32(&reply->payload), length;
    const uint8_t *argument = take_string(&reply->payload, &length);
    CHECK(0, "step %u: %s: %.*s", step, strerror((int)error), (int)length, (const char *)argument);
  }
  CHECK(reply->frame.type == ANSWER_STARTED, "type %x", reply->frame.type);
  CHECK(take32(&reply->payload) > 1);
  CHECK(take64(&reply->payload) > 0);
  CHECK(take64(&reply->payload) > 1600000000ull * 1000000000ull);
  return reply->fds[0];
}

static void failed(struct reply *reply, uint32_t step, int error, const char *argument) {
  uint32_t length;
  CHECK(reply->frame.type == ANSWER_FAILED, "type %x", reply->frame.type);
  uint32_t got = take32(&reply->payload);
  uint32_t number = take32(&reply->payload);
  const uint8_t *string = take_string(&reply->payload, &length);
  CHECK(number == (uint32_t)error, "step %u error %u: %.*s", got, number, (int)length, (const char *)string);
  CHECK(step == (uint32_t)-1 || got == step, "step %u", got);
  CHECK(length == strlen(argument) && !memcmp(string, argument, length), "%.*s", (int)length, (const char *)string);
}

static void start_shell(const char *command, int keep_stdin) {
  static struct script s;
  static struct reply reply;
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, command);
  start_script(&s, 0, keep_stdin, 0, 0, &reply);
  close(started(&reply));
}

/* ---- the log ---- */

static char text[1 << 22];

/* The payload of a stream in all files, put together; every byte of the files must belong to a record. */
static size_t read_log(uint8_t wanted) {
  size_t total = 0;
  for (int number = 1; number < 1000; number++) {
    static uint8_t file[1 << 23];
    char path[160];
    snprintf(path, sizeof path, "%s/log.%06d", k.log, number);
    int fd = open(path, O_RDONLY);
    if (fd < 0) continue;
    ssize_t size = read(fd, file, sizeof file);
    close(fd);
    struct reader r = reader_of(file, (size_t)size);
    while (r.at < r.end) {
      CHECK(take16(&r) == 0x4c6a);
      uint8_t stream = take8(&r);
      take8(&r);
      uint32_t length = take32(&r);
      CHECK(take64(&r) > 0);
      const uint8_t *bytes = take_bytes(&r, length);
      CHECK(bytes);
      if (stream != wanted) continue;
      CHECK(total + length < sizeof text);
      memcpy(text + total, bytes, length);
      total += length;
    }
  }
  text[total] = 0;
  return total;
}

static void check_exit_file(const char *expected) {
  char path[160], line[64] = "";
  snprintf(path, sizeof path, "%s/exit.7", k.run);
  int fd = open(path, O_RDONLY);
  CHECK(fd >= 0 && read(fd, line, sizeof line - 1) > 0);
  close(fd);
  CHECK(!strncmp(line, expected, strlen(expected)) && line[strlen(expected)] == ' ', "%s", line);
}

/* ---- tests ---- */

static void runs_and_logs(void) {
  keeper_begin();
  subscribe();
  start_shell("echo out; echo err >&2; hostname; pwd; echo $$ $A; id -G; ls /proc/self/fd | wc -l; exit 3", 0);
  uint32_t status = exited(0);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 3, "%x", status);
  read_log(1);
  CHECK(!strcmp(text, "out\nbox\n/work\n1 b\n0\n4\n"), "%s", text);
  read_log(2);
  CHECK(!strcmp(text, "err\n"), "%s", text);
  CHECK(read_log(3) == 4 && text[0] == 1);
  check_exit_file("768");
  keeper_end();
}

static void holds_no_more_than_before(void) {
  keeper_begin();
  subscribe();
  start_shell("true", 1);
  exited(0);
  ask_simple(REQUEST_STATUS); /* answered when all that the exit brings is done */
  int before = count_fds(k.pid);
  for (int i = 0; i < 20; i++) {
    start_shell("true", 1);
    exited(0);
  }
  ask_simple(REQUEST_STATUS);
  CHECK(count_fds(k.pid) == before, "%d, before %d", count_fds(k.pid), before);
  keeper_end();
}

static void names_the_step_that_failed(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  script_begin(&s);
  script_step(&s, 8, "s", "/");
  script_step(&s, 10, "s", "/no/such/place");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, 1, ENOENT, "/no/such/place");
  script_begin(&s);
  script_step(&s, 9999, "");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, 0, ENOSYS, "");
  steps_root(&s);
  script_step(&s, 24, "");
  const char *const argv[] = {"nothing-of-that-name", NULL};
  script_exec(&s, argv, ENVIRONMENT);
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENOENT, "nothing-of-that-name");
  steps_root(&s);
  const char *const folder[] = {"/etc", NULL};
  script_exec(&s, folder, ENVIRONMENT);
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, EACCES, "/etc");
  CHECK(read_log(3) == 0, "a start that failed left a mark");
  keeper_end();
}

static void keeps_stdin_and_signals(void) {
  static struct reply reply;
  int ends[2];
  keeper_begin();
  subscribe();
  start_shell("trap 'echo got; exit 5' TERM; read a; read b; echo $a-$b; while :; do sleep 0.01; done", 1);
  for (int i = 0; i < 2; i++) {
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    struct writer w = request(REQUEST_STDIN);
    put32(&w, 0);
    ask(&w, ends, 1, &reply);
    CHECK(reply.frame.type == ANSWER_OK);
    close(ends[0]);
    CHECK(write(ends[1], i ? "two\n" : "one\n", 4) == 4);
    close(ends[1]);
    /* The pump of the first may still hold its line when the second comes; each ends with its input. */
    while (i == 0 && count_fds(k.pid) < 0) continue;
  }
  while (read_log(1) == 0) usleep(1000);
  CHECK(!strcmp(text, "one-two\n") || !strcmp(text, "two-one\n"), "%s", text);
  struct writer w = request(REQUEST_SIGNAL);
  put32(&w, 0);
  put32(&w, SIGTERM);
  put8(&w, 0);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  CHECK(WEXITSTATUS(exited(0)) == 5);
  keeper_end();
}

static void runs_on_a_terminal(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 15, "si", "/dev/console", (int64_t)0600);
  script_step(&s, 25, "iii", (int64_t)0, (int64_t)5, (int64_t)1);
  steps_last(&s);
  steps_shell(&s, "tty; stty size; stat -c %t:%T /dev/console; echo x >/dev/tty; ls /proc/self/fd | wc -l");
  start_script(&s, 1, 0, 0, 0, &reply);
  close(started(&reply));
  CHECK(exited(0) == 0);
  read_log(1);
  CHECK(!strncmp(text, "/dev/console\r\n24 80\r\n88:0\r\n", 27) || !strncmp(text, "/dev/pts/0\r\n24 80\r\n88:0\r\n", 25),
        "%s", text);
  keeper_end();
}

/* ---- exec ---- */

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

static void exec_shell(uint32_t process, const char *command, int pty, int pidfd, const int *stdio, int wanted,
                       struct reply *reply) {
  static struct script s;
  exec_program(&s, command, pty);
  struct writer w = request(REQUEST_EXEC);
  put32(&w, process);
  put32(&w, 0);
  put32(&w, 0);
  put8(&w, (uint8_t)pty);
  put16(&w, 30);
  put16(&w, 90);
  put8(&w, (uint8_t)wanted);
  put32(&w, 1);
  int fds[5] = {script_fd(&s), pidfd}, count = 2;
  for (int i = 0; i < 3; i++)
    if (wanted >> i & 1) fds[count++] = stdio[i];
  ask(&w, fds, count, reply);
  close(fds[0]);
}

static int start_sleeper(void) {
  static struct script s;
  static struct reply reply;
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  const char *const argv[] = {"sleep", "1000", NULL};
  script_exec(&s, argv, ENVIRONMENT);
  start_script(&s, 0, 0, 0, 0, &reply);
  return started(&reply);
}

static void stop_sleeper(int pidfd) {
  CHECK(k_pidfd_send_signal(pidfd, SIGKILL) == 0);
  CHECK(exited(0) == SIGKILL);
  close(pidfd);
}

static size_t read_all(int fd, char *bytes, size_t size) {
  size_t length = 0;
  ssize_t count;
  while (length < size - 1 && (count = read(fd, bytes + length, size - 1 - length)) > 0) length += (size_t)count;
  bytes[length] = 0;
  return length;
}

static void execs_with_pipes(void) {
  static struct reply reply;
  int in[2], out[2], err[2];
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
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
  stop_sleeper(pidfd);
  keeper_end();
}

static void delivers_all_output_before_exited(void) {
  static struct reply reply;
  int out[2];
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
  CHECK(pipe2(out, O_CLOEXEC) == 0);
  int stdio[3] = {-1, out[1], -1};
  /* The child that stays holds the pipe open: it must neither keep the exec from ending nor lose its output. */
  exec_shell(6, "sleep 100 & dd if=/dev/null 2>/dev/null; head -c 60000 /bin/busybox", 0, pidfd, stdio, 2, &reply);
  close(started(&reply));
  close(out[1]);
  CHECK(exited(6) == 0);
  CHECK(read_all(out[0], text, sizeof text) == 60000);
  stop_sleeper(pidfd);
  keeper_end();
}

static uint32_t live_execs(void) {
  static struct reply reply;
  struct writer w = request(REQUEST_STATUS);
  ask(&w, NULL, 0, &reply);
  take_bytes(&reply.payload, 1 + 4 + 4 + 8 + 4 + 8 + 8 + 8);
  return take32(&reply.payload);
}

/* What fits into the two pipes is written and the writer gone, long before anybody reads it. */
static void waits_for_a_caller_that_reads_late(void) {
  static struct reply reply;
  int out[2];
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
  CHECK(pipe2(out, O_CLOEXEC) == 0);
  int stdio[3] = {-1, out[1], -1};
  exec_shell(4, "head -c 100000 /bin/busybox", 0, pidfd, stdio, 2, &reply);
  close(started(&reply));
  close(out[1]);
  while (live_execs()) usleep(1000);
  struct pollfd event = {.fd = k.events, .events = POLLIN};
  CHECK(poll(&event, 1, 50) == 0, "EXITED before the output was taken");
  CHECK(read_all(out[0], text, sizeof text) == 100000);
  CHECK(exited(4) == 0);
  stop_sleeper(pidfd);
  keeper_end();
}

static void a_slow_caller_stops_nobody(void) {
  static struct reply reply;
  int out[2];
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
  CHECK(pipe2(out, O_CLOEXEC) == 0);
  int stdio[3] = {-1, out[1], -1};
  exec_shell(1, "yes | head -c 1000000", 0, pidfd, stdio, 2, &reply);
  close(started(&reply));
  close(out[1]);
  exec_shell(2, "exit 4", 0, pidfd, NULL, 0, &reply);
  close(started(&reply));
  CHECK(WEXITSTATUS(exited(2)) == 4);
  CHECK(ask_simple(REQUEST_END) == ANSWER_ERROR);
  CHECK(read_all(out[0], text, sizeof text) == 1000000);
  CHECK(exited(1) == 0);
  stop_sleeper(pidfd);
  keeper_end();
}

static void execs_with_a_terminal(void) {
  static struct reply reply;
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
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
  stop_sleeper(pidfd);
  keeper_end();
}

static void reports_a_failed_exec(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
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
  stop_sleeper(pidfd);
  keeper_end();
}

/* ---- store, log rotation, the asker's end ---- */

static uint16_t with_key(uint16_t type, const char *key, const int *fds, int count, struct reply *reply) {
  struct writer w = request(type);
  put_string(&w, key, strlen(key));
  ask(&w, fds, count, reply);
  return reply->frame.type;
}

static void stores_descriptors(void) {
  static struct reply reply;
  int ends[2];
  char byte;
  keeper_begin();
  ask_simple(REQUEST_STATUS); /* it has accepted us */
  int before = count_fds(k.pid);
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  CHECK(with_key(REQUEST_GET, "net", NULL, 0, &reply) == ANSWER_ERROR && take32(&reply.payload) == ENOENT);
  CHECK(with_key(REQUEST_PUT, "net", ends, 1, &reply) == ANSWER_OK);
  CHECK(with_key(REQUEST_PUT, "net", ends + 1, 1, &reply) == ANSWER_OK);
  CHECK(with_key(REQUEST_PUT, "dns", ends, 1, &reply) == ANSWER_OK);
  CHECK(count_fds(k.pid) == before + 2);
  CHECK(with_key(REQUEST_GET, "net", NULL, 0, &reply) == ANSWER_FD && reply.count == 1);
  CHECK(write(reply.fds[0], "x", 1) == 1 && read(ends[0], &byte, 1) == 1 && byte == 'x');
  struct writer w = request(REQUEST_KEYS);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_KEYS && take32(&reply.payload) == 2);
  CHECK(with_key(REQUEST_DROP, "net", NULL, 0, &reply) == ANSWER_OK);
  CHECK(with_key(REQUEST_DROP, "net", NULL, 0, &reply) == ANSWER_ERROR);
  CHECK(with_key(REQUEST_DROP, "dns", NULL, 0, &reply) == ANSWER_OK);
  CHECK(count_fds(k.pid) == before);
  keeper_end();
}

static void starts_new_log_files(void) {
  static struct script s;
  static struct reply reply;
  int count = 0;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, "yes 0123456789 | head -c 100000; echo; echo last");
  start_script(&s, 0, 0, 10000, 3, &reply);
  close(started(&reply));
  CHECK(exited(0) == 0);
  DIR *folder = opendir(k.log);
  for (struct dirent *entry; (entry = readdir(folder));) {
    struct stat status;
    if (entry->d_name[0] == '.') continue;
    CHECK(fstatat(dirfd(folder), entry->d_name, &status, 0) == 0);
    CHECK(status.st_size <= 10016 && (status.st_mode & 0777) == 0600, "%s: %ld", entry->d_name, status.st_size);
    count++;
  }
  closedir(folder);
  CHECK(count == 3, "%d files", count);
  size_t length = read_log(1);
  CHECK(!strcmp(text + length - 6, "\nlast\n"));
  keeper_end();
}

static void undoes_a_start_whose_asker_has_gone(void) {
  static struct script s;
  keeper_begin();
  /* The asker leaves at once: whichever way the race goes, no process may be left. */
  for (int i = 0; i < 50; i++) {
    steps_root(&s);
    script_step(&s, 24, "");
    const char *const argv[] = {"sleep", "1000", NULL};
    script_exec(&s, argv, ENVIRONMENT);
    struct writer w = request(REQUEST_START);
    put32(&w, 7), put64(&w, CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS), put32(&w, 0), put32(&w, 0), put8(&w, 0);
    put8(&w, 0), put16(&w, 0), put16(&w, 0), put64(&w, 0), put32(&w, 0), put32(&w, (uint32_t)-1);
    int fds[4] = {script_fd(&s), open(k.log, O_RDONLY | O_DIRECTORY), open(k.run, O_RDONLY | O_DIRECTORY),
                  root_tree()};
    size_t size = frame_end(&w);
    CHECK(send_fds(k.socket, buffer, size, fds, 4, 0) == (long)size);
    for (int j = 0; j < 4; j++) close(fds[j]);
    close(k.socket);
    k.socket = connect_keeper();
    for (int tries = 0; ask_simple(REQUEST_END) != ANSWER_OK; tries++) {
      CHECK(tries < 2000, "the start was not undone");
      usleep(1000);
    }
    int status;
    CHECK(waitpid(k.pid, &status, 0) == k.pid && status == 0);
    char path[128];
    snprintf(path, sizeof path, "%s/keeper.sock", k.folder);
    unlink(path);
    close(k.socket);
    fork_keeper();
  }
  keeper_end();
}

static void takes_its_container_with_it(void) {
  keeper_begin();
  subscribe();
  int pidfd = start_sleeper();
  CHECK(kill(k.pid, SIGKILL) == 0);
  struct pollfd fd = {.fd = pidfd, .events = POLLIN};
  CHECK(poll(&fd, 1, 10000) == 1, "pid 1 outlived its keeper");
  while (waitpid(-1, NULL, 0) > 0) continue;
  remove_folder(k.folder);
}

static void reaps_with_an_init(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  script_step(&s, 36, "");
  steps_shell(&s, "trap 'exit 6' TERM; (sleep 0.01 &); echo $$; while :; do sleep 0.01; done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  while (read_log(1) == 0) usleep(1000);
  CHECK(!strcmp(text, "2\n"), "%s", text);
  struct writer w = request(REQUEST_SIGNAL);
  put32(&w, 0), put32(&w, SIGTERM), put8(&w, 0);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  CHECK(WEXITSTATUS(exited(0)) == 6);
  keeper_end();
}

static void hangs_up_on_a_bad_frame(void) {
  static const uint8_t HUGE[FRAME_HEADER] = {0xff, 0xff, 0xff, 0x7f, 9, 0, 1, 0};
  char byte;
  keeper_begin();
  CHECK(send(k.socket, HUGE, sizeof HUGE, 0) == sizeof HUGE);
  CHECK(recv(k.socket, &byte, 1, 0) <= 0);
  close(k.socket);
  k.socket = connect_keeper();
  CHECK(send(k.socket, "abc", 3, 0) == 3);
  CHECK(recv(k.socket, &byte, 1, 0) <= 0);
  close(k.socket);
  k.socket = connect_keeper();
  keeper_end();
}

static void masks_and_protects(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 18, "s", "/proc/keys");
  script_step(&s, 18, "s", "/proc/acpi");
  script_step(&s, 18, "s", "/proc/no-such-thing");
  script_step(&s, 19, "s", "/proc/sys");
  script_step(&s, 20, "sb", "/proc/self/oom_score_adj", "77", (size_t)2);
  script_step(&s, 14, "si", "/deep/er/est", (int64_t)0700);
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, "wc -c </proc/keys; stat -c %t:%T /proc/keys; cat /proc/self/oom_score_adj;"
                  "(echo 1 >/proc/sys/kernel/panic) 2>/dev/null || echo refused; stat -c %a /deep /deep/er/est;"
                  "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  CHECK(exited(0) == 0);
  read_log(1);
  CHECK(!strcmp(text, "0\n1:3\n77\nrefused\n755\n700\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"
                      "CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n"),
        "%s", text);
  keeper_end();
}

static void follows_no_link_out(void) {
  static struct script s;
  static struct reply reply;
  char link[160];
  keeper_begin();
  snprintf(link, sizeof link, "%s/evil", k.root);
  CHECK(symlink("/proc/self/fd/1", link) == 0);
  steps_root(&s);
  script_step(&s, 35, "s", "/evil");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ELOOP, "/evil");
  snprintf(link, sizeof link, "%s/linked", k.root);
  CHECK(symlink("/tmp", link) == 0);
  steps_root(&s);
  script_step(&s, 12, "sssis", "tmpfs", "/linked", "tmpfs", (int64_t)0, "");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ELOOP, "/linked");
  steps_root(&s);
  script_step(&s, 12, "sssis", "tmpfs", "/proc/sys", "tmpfs", (int64_t)0, "");
  script_step(&s, 15, "si", "/proc/sys/x", (int64_t)0600);
  script_step(&s, 20, "sb", "/proc/sys/x", "1", (size_t)1);
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, EXDEV, "/proc/sys/x");
  keeper_end();
}

/* A root where /dev holds no devices but what a neighbour has put there. */
static void steps_false_dev(struct script *s) {
  steps_root(s);
  script_step(s, 12, "sssis", "tmpfs", "/dev", "tmpfs", (int64_t)0, "");
  script_step(s, 15, "si", "/dev/null", (int64_t)0666);
  script_step(s, 14, "si", "/dev/pts", (int64_t)0755);
  script_step(s, 16, "siiiii", "/dev/pts/ptmx", (int64_t)(S_IFCHR | 0666), (int64_t)1, (int64_t)3, (int64_t)0,
              (int64_t)0);
}

static void trusts_no_device_by_its_name(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  steps_false_dev(&s);
  script_step(&s, 18, "s", "/proc/keys");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/proc/keys");
  steps_false_dev(&s);
  script_step(&s, 24, "");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/dev/null");
  steps_false_dev(&s);
  script_step(&s, 25, "iii", (int64_t)0, (int64_t)5, (int64_t)0);
  start_script(&s, 1, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/dev/pts/ptmx");
  keeper_end();
}

/* The descriptor of a folder of the host is open while the working directory is entered. */
static void enters_no_folder_of_the_host(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  for (int fd = 3; fd < 40; fd++) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    steps_root(&s);
    script_step(&s, 35, "s", path);
    start_script(&s, 0, 0, 0, 0, &reply);
    CHECK(reply.frame.type == ANSWER_FAILED);
    take32(&reply.payload);
    uint32_t error = take32(&reply.payload);
    CHECK(error == ELOOP || error == ENOENT, "%s: %s", path, strerror((int)error));
  }
  keeper_end();
}

static void shows_its_cgroups(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 3, "i", (int64_t)CLONE_NEWCGROUP);
  script_step(&s, 12, "sssis", "sysfs", "/sys", "sysfs", (int64_t)MS_RDONLY, "");
  script_step(&s, 42, "s", "/sys/fs/cgroup");
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, "cd /sys/fs/cgroup; grep -q ' /sys/fs/cgroup' /proc/self/mounts && echo there;"
                  "for d in . */; do (echo 0 >$d/cgroup.procs) 2>/dev/null && echo $d can be written; done;"
                  "while IFS=: read a b c; do [ $c = / ] || echo not a root: $c; done </proc/self/cgroup;"
                  "for d in */; do [ -e $d/cgroup.procs ] || echo empty: $d; done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  exited(0);
  read_log(1);
  CHECK(!strcmp(text, "there\n"), "%s", text);
  keeper_end();
}

static void keeps_its_binary_out_of_reach(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  script_step(&s, 36, "");
  steps_shell(&s, "(echo x >>/proc/1/exe) 2>/dev/null && echo written; readlink /proc/1/exe; readlink /proc/1/fd/1; echo done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  exited(0);
  read_log(1);
  CHECK(!strcmp(text, "done\n"), "%s", text);
  keeper_end();
}

/* Of what a full disk did not take the log knows how much it was, and it goes on when there is room again. */
static void survives_a_full_disk(void) {
  static struct reply reply;
  static char filler[4096];
  char path[160];
  int ends[2];
  keeper_begin();
  subscribe();
  CHECK(mount("tmpfs", k.log, "tmpfs", 0, "size=256k") == 0);
  snprintf(path, sizeof path, "%s/filler", k.log);
  int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  for (int i = 0; i < 48; i++) CHECK(write(fd, filler, sizeof filler) == sizeof filler);
  close(fd);
  start_shell("echo first; head -c 200000 /bin/busybox; read a; echo after", 1);
  uint64_t dropped = 0, bytes = 0;
  while (dropped + bytes < 200006) {
    struct writer w = request(REQUEST_STATUS);
    ask(&w, NULL, 0, &reply);
    take8(&reply.payload), take32(&reply.payload), take32(&reply.payload), take64(&reply.payload);
    take32(&reply.payload), take64(&reply.payload);
    bytes = take64(&reply.payload);
    dropped = take64(&reply.payload);
    usleep(1000);
  }
  CHECK(dropped > 0 && bytes + dropped == 200006);
  CHECK(unlink(path) == 0);
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  struct writer w = request(REQUEST_STDIN);
  put32(&w, 0);
  ask(&w, ends, 1, &reply);
  CHECK(write(ends[1], "x\n", 2) == 2);
  close(ends[0]), close(ends[1]);
  CHECK(exited(0) == 0);
  size_t length = read_log(1);
  CHECK(length == bytes + 6 && !memcmp(text + length - 6, "after\n", 6));
  CHECK(read_log(3) == 4 + 12 && text[4] == 2);
  struct reader count = reader_of(text + 8, 8);
  CHECK(take64(&count) == dropped);
  CHECK(umount2(k.log, 0) < 0 && umount2(k.log, MNT_DETACH) == 0);
  keeper_end();
}

/* Killed by the kernel on its way, a program says nothing: it must not count as started. */
static void knows_a_program_that_was_killed(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  script_begin(&s);
  script_step(&s, 8, "s", "/");
  static const uint8_t KILL[8] = {6, 0, 0, 0, 0, 0, 0, 0x80}; /* whatever is called: SECCOMP_RET_KILL_PROCESS */
  script_step(&s, 40, "");
  script_step(&s, 34, "b", KILL, sizeof KILL);
  script_step(&s, 22, "i", (int64_t)022);
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, 3, ECANCELED, "killed");
  keeper_end();
}

int keeper_tests(const char *only) {
  static const struct test TESTS[] = {
      {"keeper: runs and logs", runs_and_logs},
      {"keeper: holds no more than before", holds_no_more_than_before},
      {"keeper: names the step that failed", names_the_step_that_failed},
      {"keeper: keeps stdin and signals", keeps_stdin_and_signals},
      {"keeper: runs on a terminal", runs_on_a_terminal},
      {"keeper: execs with pipes", execs_with_pipes},
      {"keeper: delivers all output before EXITED", delivers_all_output_before_exited},
      {"keeper: waits for a caller that reads late", waits_for_a_caller_that_reads_late},
      {"keeper: a slow caller stops nobody", a_slow_caller_stops_nobody},
      {"keeper: execs with a terminal", execs_with_a_terminal},
      {"keeper: reports a failed exec", reports_a_failed_exec},
      {"keeper: stores descriptors", stores_descriptors},
      {"keeper: starts new log files", starts_new_log_files},
      {"keeper: undoes a start whose asker has gone", undoes_a_start_whose_asker_has_gone},
      {"keeper: takes its container with it", takes_its_container_with_it},
      {"keeper: reaps with an init", reaps_with_an_init},
      {"keeper: hangs up on a bad frame", hangs_up_on_a_bad_frame},
      {"keeper: survives a full disk", survives_a_full_disk},
      {"keeper: knows a program that was killed", knows_a_program_that_was_killed},
      {"program: masks and protects", masks_and_protects},
      {"program: trusts no device by its name", trusts_no_device_by_its_name},
      {"program: enters no folder of the host", enters_no_folder_of_the_host},
      {"program: shows its cgroups", shows_its_cgroups},
      {"program: keeps its binary out of reach", keeps_its_binary_out_of_reach},
      {"program: follows no link out", follows_no_link_out},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
