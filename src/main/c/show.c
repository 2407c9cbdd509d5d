/* What is to be shown and its reader has not taken yet: only further output waits for that, signals don't. */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"

static struct {
  int fd;
  uint8_t bytes[FRAME_MAX];
  size_t at, end;
} shown;

void show_begin(int fd, const uint8_t *bytes, size_t length) {
  shown.fd = fd;
  memcpy(shown.bytes, bytes, length);
  shown.at = 0;
  shown.end = length;
}

int show_waits(void) { return shown.at < shown.end; }

int show_fd(void) { return show_waits() ? shown.fd : -1; }

/* A pipe that has room at all has it for so many; a write of more would wait in the kernel. */
static size_t room(void) {
  struct stat status;
  size_t left = shown.end - shown.at;
  int is_file = fstat(shown.fd, &status) == 0 && S_ISREG(status.st_mode);
  return is_file || left < PIPE_BUF ? left : PIPE_BUF;
}

int show_some(void) {
  struct pollfd ready = {.fd = shown.fd, .events = POLLOUT};
  while (show_waits() && poll(&ready, 1, 0) > 0) {
    ssize_t count = write(shown.fd, shown.bytes + shown.at, room());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (count < 0) {
      shown.end = 0;
      return -errno;
    }
    shown.at += (size_t)count;
  }
  return 0;
}
