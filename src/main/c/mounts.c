/* Steps that build the view of the file system. Targets are opened first and mounted on by descriptor, so that
 * a neighbour that swaps folders for links (CVE-2021-30465) moves nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "descriptors.h"
#include "kernel.h"
#include "operations.h"
#include "path.h"

enum { FLAG_NO_LINKS = 1, FLAG_RECURSIVE = 1 };

int do_private(struct context *context, struct step *step) {
  const char *path;
  int failed = step_string(context, step, &path);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH, LINKS_REFUSED);
  if (fd < 0) return fd;
  struct mount_attributes attributes = {.propagation = MS_PRIVATE};
  failed = k_mount_setattr(fd, AT_RECURSIVE, &attributes) < 0 ? -errno : 0;
  close(fd);
  return failed;
}

int do_move_mount(struct context *context, struct step *step) {
  const char *path;
  int tree;
  int64_t flags;
  int failed = step_slot(context, step, &tree);
  if (!failed) failed = step_string(context, step, &path);
  if (!failed) failed = step_integer(step, &flags);
  if (failed) return failed;
  int target = open_inside(path, O_PATH, flags & FLAG_NO_LINKS ? LINKS_REFUSED : LINKS_INSIDE);
  if (target < 0) return target;
  failed = k_move_mount(tree, target) < 0 ? -errno : 0;
  close(target);
  return failed;
}

int do_enter(struct context *context, struct step *step) {
  const char *path;
  int failed = step_string(context, step, &path);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (fd < 0) return fd;
  failed = fchdir(fd) < 0 ? -errno : 0;
  close(fd);
  return failed;
}

/* pivot_root(2), "pivot_root(".", ".")": the old root lies on top of the new one, and is taken off. Were a mount
 * of it still shared, taking it off would unmount it for the host too: so it is made private once more. */
int do_pivot(struct context *context, struct step *step) {
  struct mount_attributes attributes = {.propagation = MS_PRIVATE};
  (void)context, (void)step;
  int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (old < 0) return -errno;
  int failed = 0;
  if (syscall(SYS_pivot_root, ".", ".") < 0 || fchdir(old) < 0 ||
      k_mount_setattr(old, AT_RECURSIVE, &attributes) < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
    failed = -errno;
  close(old);
  return failed;
}

/* mount(2) takes no descriptor, but the working directory is as good as one. */
int mount_at(int folder, const char *source, const char *type, unsigned long flags, const char *data) {
  int before = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (before < 0) return -errno;
  int failed = 0;
  if (fchdir(folder) < 0 || mount(source, ".", type, flags, data) < 0) failed = -errno;
  if (fchdir(before) < 0 && !failed) failed = -errno;
  close(before);
  return failed;
}

int do_mount(struct context *context, struct step *step) {
  const char *source, *target, *type, *data;
  int64_t flags;
  int failed = step_string(context, step, &source);
  if (!failed) failed = step_string(context, step, &target);
  if (!failed) failed = step_string(context, step, &type);
  if (!failed) failed = step_integer(step, &flags);
  if (!failed) failed = step_string(context, step, &data);
  if (failed) return failed;
  concerns(context, target);
  int folder = open_inside(target, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  failed = mount_at(folder, source, *type ? type : NULL, (unsigned long)flags, *data ? data : NULL);
  close(folder);
  return failed;
}

_Noreturn static void mount_proc(int folder, unsigned long flags) {
  close_all_but(&folder, 1);
  _exit(fchdir(folder) < 0 || mount("proc", ".", "proc", flags, NULL) < 0 ? errno : 0);
}

/* A procfs shows the pid namespace of who mounts it, and setns(2) moves only the children of its caller there. */
int do_mount_proc(struct context *context, struct step *step) {
  const char *target;
  int64_t flags;
  int failed = step_string(context, step, &target);
  if (!failed) failed = step_integer(step, &flags);
  if (failed) return failed;
  concerns(context, target);
  int folder = open_inside(target, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  struct clone_args arguments = {.exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) mount_proc(folder, (unsigned long)flags);
  failed = child < 0 ? -errno : 0;
  close(folder);
  int status = 0;
  if (!failed && waitpid((pid_t)child, &status, 0) < 0) failed = -errno;
  if (!failed && !WIFEXITED(status)) failed = -EINTR;
  return failed ? failed : -WEXITSTATUS(status);
}

int do_mount_attr(struct context *context, struct step *step) {
  const char *path;
  int64_t set, clear, recursive;
  int failed = step_string(context, step, &path);
  if (!failed) failed = step_integer(step, &set);
  if (!failed) failed = step_integer(step, &clear);
  if (!failed) failed = step_integer(step, &recursive);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH, LINKS_INSIDE);
  if (fd < 0) return fd;
  struct mount_attributes attributes = {.set = (uint64_t)set, .clear = (uint64_t)clear};
  failed = k_mount_setattr(fd, recursive ? AT_RECURSIVE : 0, &attributes) < 0 ? -errno : 0;
  close(fd);
  return failed;
}

int attach_copy(int source, int target, int recursive, int readonly) {
  unsigned deep = recursive ? AT_RECURSIVE : 0;
  struct mount_attributes attributes = {.set = ATTRIBUTE_RDONLY};
  int tree = k_open_tree(source, "", TREE_CLONE | TREE_CLOEXEC | AT_EMPTY_PATH | deep);
  if (tree < 0) return -errno;
  int failed = 0;
  if ((readonly && k_mount_setattr(tree, deep, &attributes) < 0) || k_move_mount(tree, target) < 0)
    failed = -errno;
  close(tree);
  return failed;
}

int do_bind(struct context *context, struct step *step) {
  const char *source, *target;
  int64_t flags;
  int failed = step_string(context, step, &source);
  if (failed) return failed;
  int from = open_inside(source, O_PATH, LINKS_INSIDE);
  if (from < 0) return from;
  failed = step_string(context, step, &target);
  if (!failed) failed = step_integer(step, &flags);
  if (!failed) {
    int to = open_inside(target, O_PATH, LINKS_INSIDE);
    failed = to < 0 ? to : attach_copy(from, to, (flags & FLAG_RECURSIVE) != 0, 0);
    if (to >= 0) close(to);
  }
  close(from);
  return failed;
}

static int mask_folder(int folder) {
  unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return mount_at(folder, "tmpfs", "tmpfs", flags, "size=4k,mode=755");
}

/* The cover is opened and looked at before it is used: /dev/null may be anything in a container that shares
 * its /dev with a neighbour (CVE-2025-31133). */
static int mask_file(int file) {
  int null = open_null(O_PATH);
  if (null < 0) return null;
  int failed = attach_copy(null, file, 0, 0);
  close(null);
  return failed;
}

int do_mask(struct context *context, struct step *step) {
  const char *path;
  struct stat status;
  int failed = step_string(context, step, &path);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH, LINKS_REFUSED);
  if (fd == -ENOENT) return 0;
  if (fd < 0) return fd;
  if (fstat(fd, &status) < 0)
    failed = -errno;
  else
    failed = S_ISDIR(status.st_mode) ? mask_folder(fd) : mask_file(fd);
  close(fd);
  return failed;
}

int do_readonly(struct context *context, struct step *step) {
  const char *path;
  int failed = step_string(context, step, &path);
  if (failed) return failed;
  int fd = open_inside(path, O_PATH, LINKS_REFUSED);
  if (fd == -ENOENT) return 0;
  if (fd < 0) return fd;
  failed = attach_copy(fd, fd, 1, 1);
  close(fd);
  return failed;
}

static int place(const char *path, struct statx *status) {
  return syscall(SYS_statx, AT_FDCWD, path, 0, STATX_INO | STATX_MNT_ID, status) < 0 ? -errno : 0;
}

int do_chroot_check(struct context *context, struct step *step) {
  struct statx root, here;
  (void)step;
  concerns(context, "/");
  int failed = place("/", &root);
  if (!failed) failed = place(".", &here);
  if (failed) return failed;
  int same = root.stx_ino == here.stx_ino && root.stx_mnt_id == here.stx_mnt_id &&
             root.stx_dev_major == here.stx_dev_major && root.stx_dev_minor == here.stx_dev_minor;
  return same ? 0 : -EXDEV;
}
