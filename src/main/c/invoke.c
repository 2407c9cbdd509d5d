/* The INVOKE frame: where and how the command was called. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client.h"

/* Pages of it that are never used are never memory. */
static uint8_t bytes[FRAME_HEADER + INVOKE_MAX];

static void put_place(struct writer *w, const char *path, int with_device) {
  struct stat status = {0};
  /* What can't be looked at is no place that the engine knows: it will refuse. */
  if (stat(path, &status) < 0) status.st_ino = 0;
  if (with_device) put64(w, status.st_dev);
  put64(w, status.st_ino);
}

static void put_strings(struct writer *w, char *const *strings) {
  uint32_t count = 0;
  while (strings[count]) count++;
  put32(w, count);
  for (uint32_t i = 0; i < count; i++) put_string(w, strings[i], strlen(strings[i]));
}

static void put_folder(struct writer *w) {
  static char folder[64 * 1024];
  long length = syscall(SYS_getcwd, folder, sizeof folder);
  put_string(w, folder, length > 0 ? (size_t)length - 1 : 0);
}

static int open_fds(const struct invocation *invocation, int fds[3]) {
  int count = 0;
  for (int i = 0; i < 3; i++)
    if (!((invocation->terminals | invocation->closed) >> i & 1)) fds[count++] = i;
  return count;
}

/* A long environment may not fit into the socket before the engine reads: a signal must not wait for that. */
static int wait_room(int socket, int signals) {
  struct pollfd fds[2] = {{.fd = socket, .events = POLLOUT}, {.fd = signals, .events = POLLIN}};
  if (poll(fds, 2, -1) < 0 && errno != EINTR) return -errno;
  return fds[1].revents ? -EINTR : 0;
}

static int send_all(int socket, int signals, size_t size, const int *fds, int count) {
  for (size_t sent = 0; sent < size;) {
    long more = send_fds(socket, bytes + sent, size - sent, fds, count, MSG_DONTWAIT);
    if (more == -EAGAIN) more = wait_room(socket, signals);
    if (more < 0) return (int)more;
    if (more > 0) count = 0; /* they have gone with the first byte */
    sent += (size_t)more;
  }
  return 0;
}

int invoke(int socket, int signals, const struct invocation *invocation) {
  uint16_t rows, columns;
  int fds[3];
  struct writer w = frame_begin(bytes, sizeof bytes, INVOKE, 0);
  put64(&w, local_build(invocation->lib));
  put8(&w, (uint8_t)(invocation->terminals | invocation->closed << 3));
  terminal_size(invocation->terminals, &rows, &columns);
  put16(&w, rows);
  put16(&w, columns);
  put_place(&w, "/proc/self/ns/mnt", 0);
  put_place(&w, "/proc/self/ns/net", 0);
  put_place(&w, "/", 1);
  put_folder(&w);
  put_strings(&w, invocation->argv + (invocation->argc > 0));
  put_strings(&w, invocation->environment);
  kept_put(&w);
  size_t size = frame_end(&w);
  if (!size) return -E2BIG;
  return send_all(socket, signals, size, fds, open_fds(invocation, fds));
}
