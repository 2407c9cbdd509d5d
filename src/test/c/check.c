#define _GNU_SOURCE
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int done, const char *what) {
  if (done) return;
  perror(what);
  exit(1);
}

static int run_test(const struct test *test) {
  int status;
  fflush(stdout);
  pid_t pid = fork();
  if (pid == 0) {
    alarm(60);
    test->run();
    exit(0);
  }
  must(pid > 0 && waitpid(pid, &status, 0) == pid, "fork");
  if (status == 0) {
    printf("ok    %s\n", test->name);
    return 0;
  }
  if (WIFSIGNALED(status)) printf("FAIL  %s: %s\n", test->name, strsignal(WTERMSIG(status)));
  else printf("FAIL  %s: exit code %d\n", test->name, WEXITSTATUS(status));
  return 1;
}

int run_tests(const struct test *tests, int count, const char *only) {
  int failures = 0;
  for (int i = 0; i < count; i++)
    if (!only || strstr(tests[i].name, only)) failures += run_test(&tests[i]);
  return failures;
}

static void append(struct script *script, const void *bytes, size_t length) {
  must(script->length + length <= sizeof script->bytes, "script too long");
  memcpy(script->bytes + script->length, bytes, length);
  script->length += length;
}

static void append16(struct script *script, uint16_t value) { append(script, &value, 2); }
static void append32(struct script *script, uint32_t value) { append(script, &value, 4); }

static void append_bytes(struct script *script, const void *bytes, size_t length) {
  static const char ZEROS[4] = {0};
  append32(script, 1);
  append32(script, (uint32_t)length);
  append(script, bytes, length);
  append(script, ZEROS, 4 - length % 4);
}

static void append_integer(struct script *script, int64_t value) {
  append32(script, 0);
  append(script, &value, 8);
}

void script_begin(struct script *script) {
  script->length = 0;
  append32(script, 0x3150434a);
  append32(script, 0);
}

static void step_begin(struct script *script, int operation, size_t arguments) {
  uint32_t steps;
  memcpy(&steps, script->bytes + 4, 4);
  steps++;
  memcpy(script->bytes + 4, &steps, 4);
  append16(script, (uint16_t)operation);
  append16(script, (uint16_t)arguments);
}

void script_step(struct script *script, int operation, const char *kinds, ...) {
  va_list arguments;
  va_start(arguments, kinds);
  step_begin(script, operation, strlen(kinds));
  for (; *kinds; kinds++) {
    if (*kinds == 'i') {
      append_integer(script, va_arg(arguments, int64_t));
    } else {
      const char *bytes = va_arg(arguments, const char *);
      append_bytes(script, bytes, *kinds == 's' ? strlen(bytes) : va_arg(arguments, size_t));
    }
  }
  va_end(arguments);
}

static size_t count(const char *const *list) {
  size_t length = 0;
  while (list[length]) length++;
  return length;
}

void script_exec(struct script *script, const char *const *argv, const char *const *environment) {
  step_begin(script, 37, 1 + count(argv) + count(environment));
  append_integer(script, (int64_t)count(argv));
  for (; *argv; argv++) append_bytes(script, *argv, strlen(*argv));
  for (; *environment; environment++) append_bytes(script, *environment, strlen(*environment));
}

int script_fd(const struct script *script) {
  int fd = memfd_create("program", MFD_CLOEXEC);
  must(fd >= 0 && write(fd, script->bytes, script->length) == (ssize_t)script->length, "memfd");
  return fd;
}

void make_folder(char path[64]) {
  strcpy(path, "/tmp/jcompose-native-XXXXXX");
  must(mkdtemp(path) != NULL, "mkdtemp");
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
  (void)status, (void)kind, (void)walk;
  return remove(path);
}

void remove_folder(const char *path) { must(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0, path); }

static void copy_file(const char *from, const char *to) {
  char buffer[65536];
  ssize_t length;
  int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  must(in >= 0 && out >= 0, from);
  while ((length = read(in, buffer, sizeof buffer)) > 0) must(write(out, buffer, (size_t)length) == length, to);
  close(in);
  close(out);
}

void make_busybox(const char *path) {
  static const char *const FOLDERS[] = {"bin", "proc", "dev", "sys", "tmp", "etc", "work"};
  static const char *const NAMES[] = {"sh", "cat", "echo", "sleep", "ls", "id", "stty", "dd", "yes", "true", "head",
                                      "wc", "grep", "tty", "hostname", "printf", "kill", "stat", "readlink", "mount"};
  char place[256];
  for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
    snprintf(place, sizeof place, "%s/%s", path, FOLDERS[i]);
    must(mkdir(place, 0755) == 0, place);
  }
  snprintf(place, sizeof place, "%s/bin/busybox", path);
  copy_file("/bin/busybox", place);
  for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
    snprintf(place, sizeof place, "%s/bin/%s", path, NAMES[i]);
    must(symlink("busybox", place) == 0, place);
  }
}

int count_fds(pid_t pid) {
  char path[64];
  int number = 0;
  snprintf(path, sizeof path, "/proc/%d/fd", pid);
  DIR *folder = opendir(path);
  if (!folder) return -1;
  while (readdir(folder)) number++;
  closedir(folder);
  return number - 2;
}
