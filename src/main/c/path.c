#define _GNU_SOURCE
#include "path.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "kernel.h"

/* The kernel answers EAGAIN when something was renamed or mounted while it walked; a neighbour can provoke
 * that for as long as it likes, so there is an end to our patience. */
enum { WALKS = 200 };

int open_inside(const char *path, int flags, enum links links) {
  if (path[0] != '/') return -EINVAL;
  uint64_t resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  if (links == LINKS_REFUSED) resolve |= RESOLVE_NO_SYMLINKS;
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) return -errno;
  int fd = -1;
  for (int i = 0; i < WALKS; i++) {
    fd = k_openat2(root, path, (uint64_t)flags, resolve);
    if (fd >= 0 || errno != EAGAIN) break;
  }
  int result = fd < 0 ? -errno : fd;
  close(root);
  return result;
}

static int make_below(int parent, const char *name, const char *path) {
  if (mkdirat(parent, name, 0755) < 0 && errno != EEXIST) return -errno;
  return open_inside(path, O_PATH | O_DIRECTORY, LINKS_INSIDE);
}

/* Makes what is missing of a path, from the root down. `path` is cut at each slash for a moment. */
static int make_folders(char *path) {
  int parent = open_inside("/", O_PATH | O_DIRECTORY, LINKS_INSIDE);
  for (char *name = path + strspn(path, "/"); parent >= 0 && *name;) {
    char *end = name + strcspn(name, "/");
    char *next = end + strspn(end, "/");
    char cut = *end;
    *end = 0;
    int folder = open_inside(path, O_PATH | O_DIRECTORY, LINKS_INSIDE);
    if (folder == -ENOENT) folder = make_below(parent, name, path);
    *end = cut;
    close(parent);
    parent = folder;
    name = next;
  }
  return parent;
}

static int open_folder(char *path, int make) {
  int fd = open_inside(path, O_PATH | O_DIRECTORY, LINKS_INSIDE);
  return fd == -ENOENT && make ? make_folders(path) : fd;
}

int open_parent(const char *path, char name[NAME_LENGTH_MAX + 1], int make) {
  char parent[PATH_LENGTH_MAX];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  if (length >= sizeof parent) return -ENAMETOOLONG;
  memcpy(parent, path, length);
  parent[length] = 0;
  char *slash = strrchr(parent, '/');
  if (!slash || !slash[1] || !strcmp(slash + 1, ".") || !strcmp(slash + 1, "..")) return -EINVAL;
  if (strlen(slash + 1) > NAME_LENGTH_MAX) return -ENAMETOOLONG;
  strcpy(name, slash + 1);
  slash[slash == parent] = 0;
  return open_folder(parent, make);
}

int open_null(int flags) {
  struct stat status;
  int fd = open_inside("/dev/null", flags, LINKS_REFUSED);
  if (fd < 0) return fd;
  if (fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_rdev == makedev(1, 3)) return fd;
  close(fd);
  return -ENODEV;
}
