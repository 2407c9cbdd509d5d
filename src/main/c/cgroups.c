/* The step that shows a container its cgroups. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kernel.h"
#include "operations.h"
#include "path.h"

enum { FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC };

static int set_readonly(int folder) {
  struct mount_attributes attributes = {.set = ATTRIBUTE_RDONLY};
  return k_mount_setattr(folder, 0, &attributes) < 0 ? -errno : 0;
}

/* Opened again after the mount: the first descriptor is of what the mount covers. Read-only is set on the mount
 * alone, never on the file system, which is the host's too. */
static int mount_readonly(const char *path, const char *type, const char *data) {
  int folder = open_inside(path, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  int failed = mount_at(folder, type, type, FLAGS, data);
  close(folder);
  if (failed) return failed;
  folder = open_inside(path, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  failed = set_readonly(folder);
  close(folder);
  return failed;
}

static int join(char *buffer, size_t size, const char *first, const char *between, const char *second) {
  int length = snprintf(buffer, size, "%s%s%s", first, between, second);
  return length < 0 || (size_t)length >= size ? -ENAMETOOLONG : 0;
}

static int mount_hierarchy(struct context *context, int parent, const char *path, const char *controllers) {
  char place[PATH_LENGTH_MAX], data[256];
  const char *name = strncmp(controllers, "name=", 5) ? controllers : controllers + 5;
  int failed = join(place, sizeof place, path, "/", name);
  if (!failed) failed = join(data, sizeof data, name == controllers ? "" : "none,", "", controllers);
  if (failed) return failed;
  concerns(context, place);
  if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) return -errno;
  return mount_readonly(place, "cgroup", data);
}

/* "cpu,cpuacct" is one hierarchy under two names. */
static int link_names(int parent, char *controllers) {
  char whole[256];
  if (!strchr(controllers, ',') || strlen(controllers) >= sizeof whole) return 0;
  strcpy(whole, controllers);
  for (char *rest = controllers, *name; (name = strsep(&rest, ","));)
    if (symlinkat(whole, parent, name) < 0 && errno != EEXIST) return -errno;
  return 0;
}

static int mount_hierarchies(struct context *context, int parent, const char *path, char *list) {
  for (char *line; (line = strsep(&list, "\n"));) {
    char *controllers = strchr(line, ':');
    char *end = controllers ? strchr(++controllers, ':') : NULL;
    if (!end || end == controllers) continue; /* "0::/": the unified hierarchy beside the others */
    *end = 0;
    int failed = mount_hierarchy(context, parent, path, controllers);
    if (!failed) failed = link_names(parent, controllers);
    if (failed) return failed;
  }
  return 0;
}

/* Only the names of the hierarchies count, which are the same for all; and in a pid namespace that was joined
 * this process has no number yet. */
static int read_hierarchies(char *list, size_t size) {
  int fd = open("/proc/1/cgroup", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  size_t length = 0;
  ssize_t count;
  while ((count = read(fd, list + length, size - 1 - length)) > 0) length += (size_t)count;
  int failed = count < 0 ? -errno : 0;
  close(fd);
  list[length] = 0;
  return failed;
}

static int mount_tree(struct context *context, const char *path, char *list) {
  int folder = open_inside(path, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  int failed = mount_at(folder, "tmpfs", "tmpfs", FLAGS, "mode=755,size=64k");
  close(folder);
  if (failed) return failed;
  folder = open_inside(path, O_PATH | O_DIRECTORY, LINKS_REFUSED);
  if (folder < 0) return folder;
  failed = mount_hierarchies(context, folder, path, list);
  if (!failed) failed = set_readonly(folder);
  close(folder);
  return failed;
}

int do_cgroup_mounts(struct context *context, struct step *step) {
  static char list[16 * 1024];
  const char *path;
  int failed = step_string(context, step, &path);
  if (!failed) failed = read_hierarchies(list, sizeof list);
  if (failed) return failed;
  if (!strncmp(list, "0::", 3) && !strchr(list, '\n')[1]) return mount_readonly(path, "cgroup2", NULL);
  return mount_tree(context, path, list);
}
