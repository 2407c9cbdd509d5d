/* Steps that make and write files. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "kernel.h"
#include "operations.h"
#include "path.h"

/* The mode of a node is what the step says, whatever the umask. */
static int make_node(const char *path, mode_t mode, dev_t device, int parents) {
  char name[NAME_LENGTH_MAX + 1];
  mode_t mask = umask(0);
  int parent = open_parent(path, name, parents);
  int failed = parent < 0 ? parent : 0;
  if (!failed) {
    int made = S_ISDIR(mode) ? mkdirat(parent, name, mode & 07777) : mknodat(parent, name, mode, device);
    if (made < 0) failed = -errno;
    close(parent);
  }
  umask(mask);
  return failed;
}

static int make(struct context *context, struct step *step, mode_t type) {
  const char *path;
  int64_t mode;
  int failed = step_string(context, step, &path);
  if (!failed) failed = step_integer(step, &mode);
  if (!failed) failed = make_node(path, type | ((mode_t)mode & 07777), 0, 1);
  return failed == -EEXIST ? 0 : failed;
}

int do_mkdir(struct context *context, struct step *step) { return make(context, step, S_IFDIR); }
int do_touch(struct context *context, struct step *step) { return make(context, step, S_IFREG); }

static int give(const char *path, uid_t uid, gid_t gid) {
  char name[NAME_LENGTH_MAX + 1];
  int parent = open_parent(path, name, 0);
  if (parent < 0) return parent;
  int failed = fchownat(parent, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
  close(parent);
  return failed;
}

int do_mknod(struct context *context, struct step *step) {
  const char *path;
  int64_t mode, major, minor, uid, gid;
  int failed = step_string(context, step, &path);
  if (!failed) failed = step_integer(step, &mode);
  if (!failed) failed = step_integer(step, &major);
  if (!failed) failed = step_integer(step, &minor);
  if (!failed) failed = step_integer(step, &uid);
  if (!failed) failed = step_integer(step, &gid);
  if (!failed) failed = make_node(path, (mode_t)mode, makedev((unsigned)major, (unsigned)minor), 1);
  if (!failed && (uid || gid)) failed = give(path, (uid_t)uid, (gid_t)gid);
  return failed;
}

int do_symlink(struct context *context, struct step *step) {
  const char *target, *path;
  char name[NAME_LENGTH_MAX + 1];
  int failed = step_string(context, step, &target);
  if (!failed) failed = step_string(context, step, &path);
  if (failed) return failed;
  int parent = open_parent(path, name, 1);
  if (parent < 0) return parent;
  failed = symlinkat(target, parent, name) < 0 ? -errno : 0;
  close(parent);
  return failed;
}

/* /proc/self is a link of the kernel's own, and the only one that a step may name: the number it stands for is
 * written in its place, so that no link at all needs to be followed. */
static const char *own_path(const char *path, char *buffer, size_t size) {
  static const char SELF[] = "/proc/self/";
  char digits[12];
  size_t count = 0;
  if (strncmp(path, SELF, sizeof SELF - 1) || strlen(path) + sizeof digits + 1 > size) return path;
  for (long pid = syscall(SYS_getpid); pid > 0; pid /= 10) digits[count++] = (char)('0' + pid % 10);
  char *at = stpcpy(buffer, "/proc/");
  while (count > 0) *at++ = digits[--count];
  strcpy(at, path + strlen("/proc/self"));
  return buffer;
}

/* A path below /proc that something else was mounted over would take our write elsewhere (CVE-2019-16884,
 * CVE-2025-52881). O_NONBLOCK: a FIFO must not hold us. */
static int open_to_write(const char *path) {
  char buffer[128];
  struct statfs system;
  int fd = open_inside(own_path(path, buffer, sizeof buffer), O_WRONLY | O_NOCTTY | O_NONBLOCK, LINKS_REFUSED);
  if (fd < 0) return fd;
  int failed = 0;
  if (fstatfs(fd, &system) < 0)
    failed = -errno;
  else if (!strncmp(path, "/proc/", 6) && system.f_type != PROC_SUPER_MAGIC)
    failed = -EXDEV;
  if (!failed) return fd;
  close(fd);
  return failed;
}

int do_write(struct context *context, struct step *step) {
  const char *path;
  const void *bytes;
  uint32_t length;
  int failed = step_string(context, step, &path);
  if (!failed) failed = step_bytes(step, &bytes, &length);
  if (failed) return failed;
  int fd = open_to_write(path);
  if (fd < 0) return fd;
  ssize_t written = write(fd, bytes, length);
  failed = written < 0 ? -errno : (size_t)written < length ? -EIO : 0;
  close(fd);
  return failed;
}
