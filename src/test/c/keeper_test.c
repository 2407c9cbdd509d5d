/* The keeper: starts, log, store, and the ways to its end. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper_rig.h"
#include "kernel.h"

static uint16_t with_key(uint16_t type, const char *key, const int *fds, int count, struct reply *reply) {
  struct writer w = request(type);
  put_string(&w, key, strlen(key));
  ask(&w, fds, count, reply);
  return reply->frame.type;
}

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

static void ends_stdin_after_what_is_under_way(void) {
  static struct reply reply;
  int ends[2];
  keeper_begin();
  subscribe();
  start_shell("cat; echo end", 1);
  CHECK(pipe2(ends, O_CLOEXEC) == 0);
  struct writer w = request(REQUEST_STDIN);
  put32(&w, 0);
  ask(&w, ends, 1, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  w = request(REQUEST_STDIN_END);
  put32(&w, 0);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  w = request(REQUEST_STDIN);
  put32(&w, 0);
  ask(&w, ends, 1, &reply);
  CHECK(reply.frame.type == ANSWER_ERROR && take32(&reply.payload) == EBADF);
  close(ends[0]);
  CHECK(write(ends[1], "one\n", 4) == 4);
  close(ends[1]);
  CHECK(exited(0) == 0);
  CHECK(read_log(1) == 8 && !memcmp(text, "one\nend\n", 8));
  keeper_end();
}

/* Also when the container does not read, and the pump waits for room. */
static void stops_feeding_when_let_go(void) {
  static struct reply reply;
  static char block[100000];
  int ends[2], leash[2];
  keeper_begin();
  subscribe();
  start_shell("trap 'exit 7' TERM; while :; do sleep 0.01; done", 1);
  ask_simple(REQUEST_STATUS);
  int before = count_fds(k.pid);
  for (int i = 0; i < 400; i++) {
    CHECK(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 && pipe2(leash, O_CLOEXEC) == 0);
    while (i < 2 && write(ends[1], block, sizeof block) > 0) continue;
    struct writer w = request(REQUEST_STDIN_LEASHED);
    put32(&w, 0);
    ask(&w, (int[]){ends[0], leash[0]}, 2, &reply);
    CHECK(reply.frame.type == ANSWER_OK, "%d", i);
    close(leash[0]);
    close(ends[0]);
    CHECK(write(leash[1], "", 1) == 1);
    close(leash[1]);
    struct pollfd unread = {.fd = ends[1]};
    CHECK(poll(&unread, 1, 10000) == 1 && unread.revents & POLLERR, "%d is still read", i);
    close(ends[1]);
  }
  while (count_fds(k.pid) != before) ask_simple(REQUEST_STATUS);
  struct writer w = request(REQUEST_SIGNAL);
  put32(&w, 0);
  put32(&w, SIGTERM);
  put8(&w, 0);
  ask(&w, NULL, 0, &reply);
  CHECK(WEXITSTATUS(exited(0)) == 7);
  keeper_end();
}

static void goes_on_feeding_when_the_engine_has_died(void) {
  static struct reply reply;
  int ends[2], leash[2];
  keeper_begin();
  subscribe();
  start_shell("cat", 1);
  CHECK(pipe2(ends, O_CLOEXEC) == 0 && pipe2(leash, O_CLOEXEC) == 0);
  struct writer w = request(REQUEST_STDIN_LEASHED);
  put32(&w, 0);
  ask(&w, (int[]){ends[0], leash[0]}, 2, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  w = request(REQUEST_STDIN_END);
  put32(&w, 0);
  ask(&w, NULL, 0, &reply);
  close(ends[0]);
  close(leash[0]);
  close(leash[1]);
  ask_simple(REQUEST_STATUS);
  CHECK(write(ends[1], "still\n", 6) == 6);
  close(ends[1]);
  CHECK(exited(0) == 0);
  CHECK(read_log(1) == 6 && !memcmp(text, "still\n", 6));
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
  /* One mark, or more where a small piece still found room between two that did not: together they say all. */
  length = read_log(3);
  CHECK(length >= 4 + 12 && (length - 4) % 12 == 0);
  uint64_t marked = 0;
  for (size_t at = 4; at < length; at += 12) {
    struct reader count = reader_of(text + at + 4, 8);
    CHECK(text[at] == 2);
    marked += take64(&count);
  }
  CHECK(marked == dropped);
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
      {"keeper: ends stdin after what is under way", ends_stdin_after_what_is_under_way},
      {"keeper: stops feeding when let go", stops_feeding_when_let_go},
      {"keeper: goes on feeding when the engine has died", goes_on_feeding_when_the_engine_has_died},
      {"keeper: runs on a terminal", runs_on_a_terminal},
      {"keeper: stores descriptors", stores_descriptors},
      {"keeper: starts new log files", starts_new_log_files},
      {"keeper: undoes a start whose asker has gone", undoes_a_start_whose_asker_has_gone},
      {"keeper: takes its container with it", takes_its_container_with_it},
      {"keeper: hangs up on a bad frame", hangs_up_on_a_bad_frame},
      {"keeper: survives a full disk", survives_a_full_disk},
      {"keeper: knows a program that was killed", knows_a_program_that_was_killed},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
