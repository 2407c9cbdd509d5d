#define _GNU_SOURCE
#include "keeper_rig.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "kernel.h"

const char *const ENVIRONMENT[] = {"PATH=/bin", "A=b", NULL};
struct rig k;
char text[TEXT];
uint8_t buffer[FRAME_HEADER + FRAME_MAX];

int connect_keeper(void) {
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

void fork_keeper(void) {
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

void keeper_begin(void) {
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

struct writer request(uint16_t type) { return frame_begin(buffer, sizeof buffer, type, ++k.tag); }

void receive(int socket, struct reply *reply) {
  long length = receive_fds(socket, reply->bytes, sizeof reply->bytes, reply->fds, &reply->count, 0);
  CHECK(length > 0, "the keeper hung up: %ld", length);
  CHECK(frame_whole(reply->bytes, (size_t)length, &reply->frame, &reply->payload) == 0);
}

void ask(struct writer *w, const int *fds, int count, struct reply *reply) {
  size_t size = frame_end(w);
  CHECK(send_fds(k.socket, buffer, size, fds, count, 0) == (long)size);
  receive(k.socket, reply);
  CHECK(reply->frame.tag == k.tag, "tag %u", reply->frame.tag);
}

uint16_t ask_simple(uint16_t type) {
  static struct reply reply;
  struct writer w = request(type);
  ask(&w, NULL, 0, &reply);
  return reply.frame.type;
}

void subscribe(void) {
  k.events = connect_keeper();
  int socket = k.socket;
  k.socket = k.events;
  CHECK(ask_simple(REQUEST_SUBSCRIBE) == ANSWER_OK);
  k.socket = socket;
}

uint32_t exited(uint32_t process) {
  static struct reply event;
  receive(k.events, &event);
  CHECK(event.frame.type == EVENT_EXITED && event.frame.tag == 0);
  uint32_t which = take32(&event.payload);
  CHECK(which == process, "process %u", which);
  take32(&event.payload);
  return take32(&event.payload);
}

void keeper_end(void) {
  int status;
  CHECK(ask_simple(REQUEST_END) == ANSWER_OK);
  CHECK(waitpid(k.pid, &status, 0) == k.pid && status == 0, "status %x", status);
  CHECK(waitpid(-1, &status, WNOHANG) < 0 && errno == ECHILD, "a process is left");
  remove_folder(k.folder);
}

int root_tree(void) {
  int fd = k_open_tree(AT_FDCWD, k.root, TREE_CLONE | TREE_CLOEXEC);
  CHECK(fd >= 0);
  return fd;
}

void steps_root(struct script *s) {
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

void steps_last(struct script *s) {
  script_step(s, 40, "");
  script_step(s, 27, "i", (int64_t)0xa80425fb);
  script_step(s, 28, "b", "\0\0\0\0", (size_t)4);
  script_step(s, 29, "");
  script_step(s, 30, "ii", (int64_t)0, (int64_t)0);
  script_step(s, 31, "i", (int64_t)SIGKILL);
  script_step(s, 32, "iii", (int64_t)0xa80425fb, (int64_t)0xa80425fb, (int64_t)0);
  script_step(s, 35, "s", "/work");
}

void steps_shell(struct script *s, const char *command) {
  const char *const argv[] = {"sh", "-c", command, NULL};
  script_exec(s, argv, ENVIRONMENT);
}

void start_script(const struct script *s, int pty, int keep_stdin, uint64_t full, uint32_t files,
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

int started(struct reply *reply) {
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

void failed(struct reply *reply, uint32_t step, int error, const char *argument) {
  uint32_t length;
  CHECK(reply->frame.type == ANSWER_FAILED, "type %x", reply->frame.type);
  uint32_t got = take32(&reply->payload);
  uint32_t number = take32(&reply->payload);
  const uint8_t *string = take_string(&reply->payload, &length);
  CHECK(number == (uint32_t)error, "step %u error %u: %.*s", got, number, (int)length, (const char *)string);
  CHECK(step == (uint32_t)-1 || got == step, "step %u", got);
  CHECK(length == strlen(argument) && !memcmp(string, argument, length), "%.*s", (int)length, (const char *)string);
}

void start_shell(const char *command, int keep_stdin) {
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

/* The payload of a stream in all files, put together; every byte of the files must belong to a record. */
size_t read_log(uint8_t wanted) {
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

void check_exit_file(const char *expected) {
  char path[160], line[64] = "";
  snprintf(path, sizeof path, "%s/exit.7", k.run);
  int fd = open(path, O_RDONLY);
  CHECK(fd >= 0 && read(fd, line, sizeof line - 1) > 0);
  close(fd);
  CHECK(!strncmp(line, expected, strlen(expected)) && line[strlen(expected)] == ' ', "%s", line);
}

int start_sleeper(void) {
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

void stop_sleeper(int pidfd) {
  CHECK(k_pidfd_send_signal(pidfd, SIGKILL) == 0);
  CHECK(exited(0) == SIGKILL);
  close(pidfd);
}
