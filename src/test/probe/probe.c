/* Tells what a process of a container is, sees and may do: a line `subject<TAB>answer` each, into the file of its first
   argument. Nothing that it tries has an effect when it is allowed. SECURITY §1 to §3. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST_UNKNOWN_CALL = 600, LONGEST = 4096, PATIENCE = 3 };

static FILE *report;

static void __attribute__((format(printf, 1, 2))) tell(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vfprintf(report, format, arguments);
  va_end(arguments);
  fputc('\n', report);
}

static const char *answer(long result) { return result < 0 ? strerrorname_np(errno) : "ok"; }

static int read_text(const char *path, char *text) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, text, LONGEST - 1);
  close(fd);
  text[length > 0 ? length : 0] = 0;
  return (int)length;
}

/* Its own state. */

static void identity(void) {
  char text[LONGEST];
  gid_t groups[64];
  int count = getgroups(64, groups);
  tell("uid\t%d %d", (int)getuid(), (int)geteuid());
  tell("gid\t%d %d", (int)getgid(), (int)getegid());
  for (int i = 0; i < count; i++) tell("group %d\tyes", (int)groups[i]);
  mode_t mask = umask(0);
  umask(mask);
  tell("umask\t%04o", mask);
  tell("cwd\t%s", getcwd(text, sizeof text) ? text : strerrorname_np(errno));
  tell("dumpable\t%s", access("/proc/self/exe", R_OK) == 0 ? "yes" : "no");
  if (read_text("/proc/self/oom_score_adj", text) > 0) tell("oom_score_adj\t%.*s", (int)strcspn(text, "\n"), text);
  tell("session leader\t%s", getsid(0) == getpid() ? "yes" : "no");
  tell("terminal\t%s", isatty(0) ? ttyname(0) ? ttyname(0) : strerrorname_np(errno) : "none");
}

static void status(void) {
  static const char *const keys[] = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
                                     "Seccomp_filters", "SigBlk", "SigIgn", "SigCgt", NULL};
  char line[LONGEST];
  FILE *file = fopen("/proc/self/status", "re");
  while (file && fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (!colon) continue;
    *colon = 0;
    for (const char *const *key = keys; *key; key++)
      if (!strcmp(line, *key)) tell("status %s\t%.*s", *key, (int)strcspn(colon + 2, "\n"), colon + 2);
  }
  if (file) fclose(file);
}

static void limits(void) {
  static const char *const names[] = {"cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as",
                                      "locks", "sigpending", "msgqueue", "nice", "rtprio", "rttime"};
  for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
    struct rlimit limit;
    if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
      tell("limit %s\t%lld %lld", names[i], (long long)limit.rlim_cur, (long long)limit.rlim_max);
  }
}

static void descriptors(void) {
  for (int fd = 0; fd < 1024; fd++) {
    char link[64], target[LONGEST];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0) continue;
    target[length] = 0;
    tell("descriptor %d\t%s", fd, strncmp(target, "pipe:", 5) ? target : "pipe");
  }
}

static void namespaces(void) {
  static const char *const kinds[] = {"mnt", "pid", "net", "ipc", "uts", "cgroup", "user", "time", NULL};
  for (const char *const *kind = kinds; *kind; kind++) {
    char link[64], target[LONGEST];
    snprintf(link, sizeof link, "/proc/self/ns/%s", *kind);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length > 0) tell("namespace %s\t%.*s", *kind, (int)length, target);
  }
}

/* The files that it sees. */

static void mounts(void) {
  char line[LONGEST];
  FILE *file = fopen("/proc/self/mountinfo", "re");
  while (file && fgets(line, sizeof line, file)) {
    char target[LONGEST], options[LONGEST], type[64], shared[LONGEST], super[LONGEST];
    char *dash = strstr(line, " - ");
    if (!dash || sscanf(line, "%*s %*s %*s %*s %s %s %[^-]", target, options, shared) < 2) continue;
    if (sscanf(dash, " - %63s %*s %s", type, super) < 2) continue;
    tell("mount %s\t%s %s %s", target, type, options, super);
    if (strstr(shared, "shared:") || strstr(shared, "master:")) tell("propagation %s\t%s", target, shared);
  }
  if (file) fclose(file);
}

static void control_groups(void) {
  char line[LONGEST];
  int outside = 0;
  FILE *file = fopen("/proc/self/cgroup", "re");
  while (file && fgets(line, sizeof line, file)) {
    char *path = strrchr(line, ':');
    outside += path && strcmp(path, ":/\n") != 0;
  }
  if (file) fclose(file);
  tell("control groups\t%s", outside ? "with their path on the host" : "seen from their own");
}

static void devices(const char *folder) {
  DIR *dir = opendir(folder);
  struct dirent *entry;
  while (dir && (entry = readdir(dir))) {
    char path[LONGEST], target[LONGEST];
    struct stat at;
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (lstat(path, &at) < 0) continue;
    ssize_t length = S_ISLNK(at.st_mode) ? readlink(path, target, sizeof target) : 0;
    if (S_ISLNK(at.st_mode))
      tell("node %s\t-> %.*s", path, (int)length, target);
    else
      tell("node %s\t%06o %d:%d %u:%u", path, at.st_mode, (int)at.st_uid, (int)at.st_gid, major(at.st_rdev), minor(at.st_rdev));
    if (S_ISDIR(at.st_mode)) devices(path);
  }
  if (dir) closedir(dir);
}

static void hidden(void) {
  static const char *const paths[] = {"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys",
                                      "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list",
                                      "/proc/timer_stats", "/proc/kmsg", "/sys/devices/virtual/powercap", "/sys/firmware",
                                      "/sys/devices/system/cpu/cpu0/thermal_throttle", "/sys/kernel/debug",
                                      "/sys/kernel/security", "/sys/fs/bpf", NULL};
  for (const char *const *path = paths; *path; path++) {
    char text[LONGEST];
    struct stat at;
    DIR *dir;
    if (stat(*path, &at) < 0) {
      tell("hidden %s\t%s", *path, strerrorname_np(errno));
    } else if ((dir = opendir(*path))) {
      int entries = 0;
      while (readdir(dir)) entries++;
      closedir(dir);
      tell("hidden %s\t%s", *path, entries > 2 ? "told" : "empty");
    } else {
      int fd = open(*path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
      ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text);
      tell("hidden %s\t%s", *path, fd < 0 ? strerrorname_np(errno) : length > 0 ? "told" : "empty");
      if (fd >= 0) close(fd);
    }
  }
}

/* What could be written to below /proc and /sys; processes are left out, for they come and go. */
static void writable(const char *folder, int depth) {
  DIR *dir = depth > 0 ? opendir(folder) : NULL;
  struct dirent *entry;
  while (dir && (entry = readdir(dir))) {
    char path[LONGEST];
    int process = !strcmp(folder, "/proc") && (strspn(entry->d_name, "0123456789") || strstr(entry->d_name, "self"));
    if (entry->d_name[0] == '.' || process) continue;
    if (entry->d_type != DT_DIR && entry->d_type != DT_REG) continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0) tell("writable %s\tyes", path);
    if (entry->d_type == DT_DIR) writable(path, depth - 1);
  }
  if (dir) closedir(dir);
}

/* The ways out that were taken before: each is only opened, never written to. */
static void opened_for_writing(void) {
  static const char *const paths[] = {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/panic",
                                      "/proc/sys/vm/drop_caches", "/proc/sys/net/core/somaxconn", "/proc/sysrq-trigger",
                                      "/proc/irq/default_smp_affinity", "/proc/keys", "/proc/timer_list", "/proc/kmsg",
                                      "/sys/kernel/uevent_helper", "/sys/kernel/mm/ksm/run", "/sys/power/state",
                                      "/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/devices/devices.allow",
                                      "/sys/fs/cgroup/memory/release_agent", NULL};
  for (const char *const *path = paths; *path; path++) {
    int fd = open(*path, O_WRONLY | O_CLOEXEC);
    tell("open for writing %s\t%s", *path, answer(fd));
    if (fd >= 0) close(fd);
  }
  int made = mkdir("/sys/fs/cgroup/pids/probe", 0755);
  tell("make a control group\t%s", answer(made));
  if (made == 0) rmdir("/sys/fs/cgroup/pids/probe");
}

static void made_devices(void) {
  static const struct { char kind; unsigned major, minor; } tried[] = {
      {'c', 1, 1},   {'c', 1, 2},  {'c', 1, 3},  {'c', 1, 4},    {'c', 1, 5},    {'c', 1, 7},    {'c', 1, 8},  {'c', 1, 9},
      {'c', 1, 11},  {'c', 4, 0},  {'c', 4, 64}, {'c', 5, 0},    {'c', 5, 1},    {'c', 5, 2},    {'c', 10, 200}, {'c', 10, 229},
      {'c', 10, 237}, {'c', 108, 0}, {'b', 7, 0}, {'b', 8, 0},   {'b', 254, 0},  {'b', 259, 0}};
  for (unsigned i = 0; i < sizeof tried / sizeof *tried; i++) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/probe-%c-%u-%u", tried[i].kind, tried[i].major, tried[i].minor);
    int made = mknod(path, (tried[i].kind == 'c' ? S_IFCHR : S_IFBLK) | 0600, makedev(tried[i].major, tried[i].minor));
    tell("mknod %c %u:%u\t%s", tried[i].kind, tried[i].major, tried[i].minor, answer(made));
    if (made < 0) continue;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    tell("open %c %u:%u\t%s", tried[i].kind, tried[i].major, tried[i].minor, answer(fd));
    if (fd >= 0) close(fd);
    unlink(path);
  }
}

/* What the kernel answers. */

static void tell_attempt(const char *kind, const char *name, int number) {
  const char *known = strerrorname_np(number);
  if (number == 0)
    tell("%s %s\tok", kind, name);
  else if (known)
    tell("%s %s\t%s", kind, name, known);
  else
    tell("%s %s\terrno %d", kind, name, number);
}

/* Runs one attempt in a process of its own, which it may change. */
static void apart(const char *kind, const char *name, void (*attempt)(long), long argument) {
  fflush(report);
  pid_t child = fork();
  if (child == 0) {
    alarm(PATIENCE);
    errno = 0;
    attempt(argument);
    _exit(errno);
  }
  int ended;
  waitpid(child, &ended, 0);
  if (WIFSIGNALED(ended))
    tell("%s %s\tsignal %d", kind, name, WTERMSIG(ended));
  else
    tell_attempt(kind, name, WEXITSTATUS(ended));
}

static void call(long number) {
  if (syscall(number, -1L, -1L, -1L, -1L, -1L, -1L) >= 0) errno = 0;
}

/* All calls, with arguments that are always wrong, by one process; by another one where a call ends the first. */
static void calls(void) {
  enum { NOT_YET = -1, UNDER_WAY = -2, LEFT_OUT = -3 };
  /* They end or halt their caller, wait for others, or do something whatever their arguments are. */
  static const long left_out[] = {SYS_exit, SYS_exit_group, SYS_pause, SYS_rt_sigreturn, SYS_fork, SYS_vfork, SYS_clone,
                                  SYS_vhangup, SYS_sync, SYS_msgget};
  int *result = mmap(NULL, FIRST_UNKNOWN_CALL * sizeof *result, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (int i = 0; i < FIRST_UNKNOWN_CALL; i++) result[i] = NOT_YET;
  for (unsigned i = 0; i < sizeof left_out / sizeof *left_out; i++) result[left_out[i]] = LEFT_OUT;
  for (int complete = 0; !complete;) {
    fflush(report);
    pid_t child = fork();
    if (child == 0) {
      for (long number = 0; number < FIRST_UNKNOWN_CALL; number++) {
        if (result[number] != NOT_YET) continue;
        alarm(PATIENCE);
        result[number] = UNDER_WAY;
        errno = 0;
        call(number);
        result[number] = errno;
      }
      _exit(0);
    }
    int ended;
    waitpid(child, &ended, 0);
    complete = WIFEXITED(ended);
    for (int i = 0; i < FIRST_UNKNOWN_CALL; i++)
      if (result[i] == UNDER_WAY) {
        tell("call %d\tsignal %d", i, WTERMSIG(ended));
        result[i] = LEFT_OUT;
      }
  }
  for (int i = 0; i < FIRST_UNKNOWN_CALL; i++) {
    char name[16];
    snprintf(name, sizeof name, "%d", i);
    if (result[i] >= 0) tell_attempt("call", name, result[i]);
  }
}

static void cloned(long flags) {
  long pid = syscall(SYS_clone, flags | SIGCHLD, 0L, 0L, 0L, 0L);
  if (pid == 0) _exit(0);
  if (pid > 0) waitpid((pid_t)pid, NULL, 0), errno = 0;
}

static void unshared(long flags) {
  if (unshare((int)flags) == 0) errno = 0;
}

static void opened_socket(long family) {
  static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
  for (int i = 0; i < 4; i++)
    if (socket((int)family, types[i], 0) >= 0) {
      errno = 0;
      return;
    }
}

static void opened_raw(long family) {
  if (socket((int)family, SOCK_RAW, 1) >= 0) errno = 0;
}

static void as_person(long value) {
  if (syscall(SYS_personality, value) >= 0) errno = 0;
}

static void mounted(long unused) {
  (void)unused;
  mkdir("/tmp/probe-mount", 0755);
  if (mount("none", "/tmp/probe-mount", "tmpfs", 0, NULL) == 0) {
    umount2("/tmp/probe-mount", MNT_DETACH);
    errno = 0;
  }
}

static void uncovered(long unused) {
  (void)unused;
  if (umount2("/proc/timer_list", MNT_DETACH) == 0) errno = 0;
}

static void typed(long unused) {
  (void)unused;
  if (ioctl(0, TIOCSTI, "") == 0) errno = 0;
}

#if defined(__x86_64__)
static long entry_32(long number) {
  long result;
  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(-1L), "c"(-1L), "d"(-1L) : "memory", "r8", "r9", "r10", "r11");
  return result;
}

static void call_32(long number) {
  int result = (int)entry_32(number);
  errno = result < 0 && result > -4096 ? -result : 0;
}

static void call_x32(long number) { call(0x40000000L | number); }
#endif

static void attempts(void) {
  static const struct { const char *name; long flag; } spaces[] = {
      {"none", 0}, {"mnt", CLONE_NEWNS}, {"cgroup", CLONE_NEWCGROUP}, {"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC},
      {"user", CLONE_NEWUSER}, {"pid", CLONE_NEWPID}, {"net", CLONE_NEWNET}};
  static const long people[] = {0, 8, 0x20000, 0x20008, 0xffffffff, 0x40000, 0x100000};
  for (unsigned i = 0; i < sizeof spaces / sizeof *spaces; i++) {
    apart("clone", spaces[i].name, cloned, spaces[i].flag);
    apart("unshare", spaces[i].name, unshared, spaces[i].flag);
  }
  for (long family = 1; family < 46; family++) {
    char name[16];
    snprintf(name, sizeof name, "%ld", family);
    apart("socket", name, opened_socket, family);
  }
  apart("raw socket", "inet", opened_raw, AF_INET);
  apart("raw socket", "packet", opened_raw, AF_PACKET);
  for (unsigned i = 0; i < sizeof people / sizeof *people; i++) {
    char name[32];
    snprintf(name, sizeof name, "%#lx", people[i]);
    apart("personality", name, as_person, people[i]);
  }
  apart("mount", "tmpfs", mounted, 0);
  apart("uncover", "/proc/timer_list", uncovered, 0);
  if (isatty(0)) apart("type into", "the terminal", typed, 0);
#if defined(__x86_64__)
  static const long old[] = {6 /* close */, 21 /* mount */, 102 /* socketcall */, 310 /* unshare */, 346 /* setns */, 288 /* keyctl */};
  static const long x32[] = {SYS_read, SYS_mount, SYS_unshare};
  for (unsigned i = 0; i < sizeof old / sizeof *old; i++) {
    char name[16];
    snprintf(name, sizeof name, "%ld", old[i]);
    apart("i386 call", name, call_32, old[i]);
  }
  for (unsigned i = 0; i < sizeof x32 / sizeof *x32; i++) {
    char name[16];
    snprintf(name, sizeof name, "%ld", x32[i]);
    apart("x32 call", name, call_x32, x32[i]);
  }
#endif
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  /* Descriptors are looked at before there is one of its own. */
  char *text;
  size_t length;
  report = open_memstream(&text, &length);
  descriptors();
  identity();
  status();
  limits();
  namespaces();
  mounts();
  control_groups();
  devices("/dev");
  hidden();
  fclose(report);
  report = fopen(arguments[1], "we");
  if (!report) return 1;
  fputs(text, report);
  writable("/proc", 8);
  writable("/sys", 3);
  opened_for_writing();
  made_devices();
  attempts();
  calls();
  return fclose(report) == 0 ? 0 : 1;
}
