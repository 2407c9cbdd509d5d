#define _GNU_SOURCE
#include "java.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static struct {
  char bytes[64 * 1024];
  size_t used;
} text;

static int read_into(int fd, char *bytes, size_t size) {
  size_t length = 0;
  ssize_t count = 1;
  while (length < size && count > 0) {
    count = read(fd, bytes + length, size - length);
    if (count > 0) length += (size_t)count;
  }
  if (count == 0) return (int)length;
  if (count > 0) errno = EFBIG;
  return -1;
}

char *lib_file(const char *lib, const char *name) {
  static char bytes[64 * 1024];
  char path[LIB_PATH_MAX];
  if (strlen(lib) + strlen(name) + 2 > sizeof path) {
    errno = ENAMETOOLONG;
    return NULL;
  }
  strcpy(stpcpy(stpcpy(path, lib), "/"), name);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NULL;
  int length = read_into(fd, bytes, sizeof bytes);
  int failed = errno;
  close(fd);
  errno = failed;
  if (length < 0 || length == sizeof bytes) return NULL;
  bytes[length] = 0;
  return bytes;
}

static int add_text(const char *bytes, size_t length) {
  if (text.used + length > sizeof text.bytes) return -E2BIG;
  memcpy(text.bytes + text.used, bytes, length);
  text.used += length;
  return 0;
}

/* A copy of a line, with the lib folder in the place of each @LIB@. */
static char *expand(const char *line, const char *lib) {
  static const char MARK[] = "@LIB@";
  char *start = text.bytes + text.used;
  for (const char *mark; (mark = strstr(line, MARK)); line = mark + strlen(MARK))
    if (add_text(line, (size_t)(mark - line)) || add_text(lib, strlen(lib))) return NULL;
  return add_text(line, strlen(line) + 1) ? NULL : start;
}

static int add_lines(const char *lib, const char *file, int first_only, char **argv, int *count) {
  char *rest = lib_file(lib, file);
  if (!rest) return -errno;
  for (char *line; (line = strsep(&rest, "\n"));) {
    if (!*line) continue;
    if (*count == JAVA_ARGUMENTS_MAX) return -E2BIG;
    argv[*count] = expand(line, lib);
    if (!argv[(*count)++]) return -E2BIG;
    if (first_only) return 0;
  }
  return 0;
}

int java_command(const char *lib, const char *file, char *const *more, char **argv) {
  int count = 0;
  text.used = 0;
  int failed = add_lines(lib, "java", 1, argv, &count);
  if (!failed && !count) failed = -ENOENT;
  if (!failed) failed = add_lines(lib, file, 0, argv, &count);
  for (; !failed && *more; more++) {
    if (count == JAVA_ARGUMENTS_MAX) return -E2BIG;
    argv[count++] = *more;
  }
  if (!failed) argv[count] = NULL;
  return failed;
}
