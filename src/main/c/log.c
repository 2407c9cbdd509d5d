/* The container's log: keeper.md, "The log". */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "descriptors.h"
#include "keeper.h"

enum { MAGIC = 0x4c6a, RECORD_HEADER = 16, MARK_STREAM = 3, MARK_RUN = 1, MARK_DROPPED = 2 };
enum { CHUNK = 64 * 1024, CHUNK_MIN = 256, PIPE_SIZE = 1024 * 1024 };

static struct {
  int folder, file;
  int marked; /* the run has its mark; what it writes waits for that, as a mark in the middle would cut a line in two */
  uint32_t number, oldest;
  uint64_t size, full;
  uint32_t files;
  uint64_t bytes, dropped, unmarked; /* unmarked: dropped since the last mark */
  struct {
    int fd;
    uint8_t stream;
  } streams[LOG_STREAMS];
} log_ = {.folder = -1, .file = -1, .streams = {{.fd = -1}, {.fd = -1}}};

static uint8_t chunk[CHUNK];

static void file_name(uint32_t number, char name[16]) {
  strcpy(name, "log.");
  for (int i = 9; i >= 4; i--, number /= 10) name[i] = (char)('0' + number % 10);
  name[10] = 0;
}

static uint32_t file_number(const char *name) {
  uint32_t number = 0;
  if (strncmp(name, "log.", 4) || strlen(name) != 10) return 0;
  for (const char *digit = name + 4; *digit; digit++) {
    if (*digit < '0' || *digit > '9') return 0;
    number = number * 10 + (uint32_t)(*digit - '0');
  }
  return number;
}

/* A log goes on where an earlier keeper of the same container left it. */
static int scan(uint32_t *oldest, uint32_t *newest) {
  *oldest = *newest = 0;
  int fd = openat(log_.folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return -errno;
  struct {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
  } *entry;
  static _Alignas(8) char entries[4096];
  long count;
  while ((count = getdents64(fd, entries, sizeof entries)) > 0) {
    for (char *at = entries; at < entries + count; at += entry->length) {
      entry = (void *)at;
      uint32_t number = file_number(entry->name);
      if (!number) continue;
      if (!*oldest || number < *oldest) *oldest = number;
      if (number > *newest) *newest = number;
    }
  }
  int failed = count < 0 ? -errno : 0;
  close(fd);
  return failed;
}

static int open_file(uint32_t number) {
  char name[16];
  struct stat status;
  file_name(number, name);
  int fd = openat(log_.folder, name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    return -EINVAL;
  }
  close_fd(&log_.file);
  log_.file = fd;
  log_.number = number;
  log_.size = (uint64_t)status.st_size;
  return 0;
}

int log_open(int folder, uint64_t full, uint32_t files) {
  uint32_t newest;
  log_detach();
  close_fd(&log_.folder);
  log_.folder = folder;
  log_.full = full;
  log_.files = files;
  log_.marked = 0;
  int failed = scan(&log_.oldest, &newest);
  if (!newest) log_.oldest = newest = 1;
  return failed ? failed : open_file(newest);
}

/* The oldest leaves before the next comes: on a full disk that is what makes room for it. */
static void next_file(void) {
  char name[16];
  uint32_t next = log_.number + 1;
  for (; log_.files && log_.oldest + log_.files <= next; log_.oldest++) {
    file_name(log_.oldest, name);
    unlinkat(log_.folder, name, 0);
  }
  /* When it can't be made, the old one is written on: a log that is too long beats one that is not there. */
  open_file(next);
}

static size_t record_header(uint8_t *bytes, uint8_t stream, size_t length) {
  struct writer w = {.start = bytes, .at = bytes, .end = bytes + RECORD_HEADER};
  put16(&w, MAGIC);
  put8(&w, stream);
  put8(&w, 0);
  put32(&w, (uint32_t)length);
  put64(&w, wall_clock());
  return RECORD_HEADER;
}

static size_t dropped_mark(uint8_t *bytes) {
  size_t header = record_header(bytes, MARK_STREAM, 12);
  struct writer w = {.start = bytes, .at = bytes + header, .end = bytes + header + 12};
  put32(&w, MARK_DROPPED);
  put64(&w, log_.unmarked);
  return header + 12;
}

/* What is written in part is taken back: a record is there whole or not at all. */
static int append(const struct iovec *parts, int count, size_t total) {
  ssize_t written;
  do written = writev(log_.file, parts, count);
  while (written < 0 && errno == EINTR);
  if (written >= 0 && (size_t)written == total) {
    log_.size += total;
    return 0;
  }
  int failed = written < 0 ? -errno : -ENOSPC;
  if (written > 0 && ftruncate(log_.file, (off_t)log_.size) < 0) log_.size += (size_t)written;
  return failed;
}

static void write_record(uint8_t stream, const void *bytes, size_t length) {
  uint8_t mark[RECORD_HEADER + 12], header[RECORD_HEADER];
  struct iovec parts[3] = {{mark, log_.unmarked ? dropped_mark(mark) : 0},
                           {header, record_header(header, stream, length)},
                           {(void *)(uintptr_t)bytes, length}};
  size_t total = parts[0].iov_len + parts[1].iov_len + length;
  if (log_.full && log_.size && log_.size + total > log_.full) next_file();
  int first = parts[0].iov_len == 0;
  if (append(parts + first, 3 - first, total) == 0) {
    log_.bytes += stream == MARK_STREAM ? 0 : length;
    log_.unmarked = 0;
  } else if (stream != MARK_STREAM) {
    log_.dropped += length;
    log_.unmarked += length;
  }
}

void log_mark_run(void) {
  static const uint8_t KIND[4] = {MARK_RUN};
  if (log_.file >= 0) write_record(MARK_STREAM, KIND, sizeof KIND);
  log_.marked = 1;
}

void log_attach(uint8_t stream, int fd) {
  /* A bigger pipe lets a container that writes in bursts go on while we write to the disk. It is not granted
   * where the limit on pipe pages is reached, and nothing depends on it. */
  fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
  set_nonblocking(fd);
  for (int i = 0; i < LOG_STREAMS; i++) {
    if (log_.streams[i].fd >= 0) continue;
    log_.streams[i].fd = fd;
    log_.streams[i].stream = stream;
    return;
  }
  close(fd);
}

void log_detach(void) {
  for (int i = 0; i < LOG_STREAMS; i++) close_fd(&log_.streams[i].fd);
}

static size_t chunk_size(void) {
  if (!log_.full || log_.full >= CHUNK) return CHUNK;
  return log_.full < CHUNK_MIN ? CHUNK_MIN : (size_t)log_.full;
}

/* 1 when there may be more. At its end, which is EIO for a terminal, the stream is closed. */
static int read_stream(int index) {
  ssize_t count;
  do count = read(log_.streams[index].fd, chunk, chunk_size());
  while (count < 0 && errno == EINTR);
  if (count > 0) {
    write_record(log_.streams[index].stream, chunk, (size_t)count);
    return 1;
  }
  if (count == 0 || errno != EAGAIN) close_fd(&log_.streams[index].fd);
  return 0;
}

void log_drain(void) {
  for (int i = 0; i < LOG_STREAMS; i++) {
    if (log_.streams[i].fd < 0) continue;
    /* A process that lives on and writes without end must not keep us here. */
    uint64_t until = log_.bytes + log_.dropped + 2 * (uint64_t)PIPE_SIZE;
    while (log_.bytes + log_.dropped < until && read_stream(i)) continue;
  }
}

int log_poll(struct pollfd *fds) {
  int count = 0;
  for (int i = 0; log_.marked && i < LOG_STREAMS; i++)
    if (log_.streams[i].fd >= 0) fds[count++] = (struct pollfd){.fd = log_.streams[i].fd, .events = POLLIN};
  return count;
}

void log_read(const struct pollfd *fds, int count) {
  for (int i = 0; i < count; i++) {
    if (!fds[i].revents) continue;
    for (int j = 0; j < LOG_STREAMS; j++)
      if (log_.streams[j].fd == fds[i].fd) read_stream(j);
  }
}

uint64_t log_bytes(void) { return log_.bytes; }
uint64_t log_dropped(void) { return log_.dropped; }
