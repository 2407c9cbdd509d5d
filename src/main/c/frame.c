#define _GNU_SOURCE
#include "frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct reader reader_of(const void *bytes, size_t length) {
  return (struct reader){.at = bytes, .end = (const uint8_t *)bytes + length};
}

const uint8_t *take_bytes(struct reader *r, size_t length) {
  if (r->bad || (size_t)(r->end - r->at) < length) {
    r->bad = 1;
    return NULL;
  }
  const uint8_t *bytes = r->at;
  r->at += length;
  return bytes;
}

static uint64_t take(struct reader *r, size_t width) {
  const uint8_t *bytes = take_bytes(r, width);
  uint64_t value = 0;
  for (size_t i = 0; bytes && i < width; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

uint8_t take8(struct reader *r) { return (uint8_t)take(r, 1); }
uint16_t take16(struct reader *r) { return (uint16_t)take(r, 2); }
uint32_t take32(struct reader *r) { return (uint32_t)take(r, 4); }
uint64_t take64(struct reader *r) { return take(r, 8); }

const uint8_t *take_string(struct reader *r, uint32_t *length) {
  *length = take32(r);
  const uint8_t *bytes = take_bytes(r, *length);
  if (!bytes) *length = 0;
  return bytes;
}

void put_bytes(struct writer *w, const void *bytes, size_t length) {
  if (w->bad || (size_t)(w->end - w->at) < length) {
    w->bad = 1;
    return;
  }
  if (length) memcpy(w->at, bytes, length);
  w->at += length;
}

static void put(struct writer *w, uint64_t value, size_t width) {
  uint8_t bytes[8];
  for (size_t i = 0; i < width; i++) bytes[i] = (uint8_t)(value >> (8 * i));
  put_bytes(w, bytes, width);
}

void put8(struct writer *w, uint8_t value) { put(w, value, 1); }
void put16(struct writer *w, uint16_t value) { put(w, value, 2); }
void put32(struct writer *w, uint32_t value) { put(w, value, 4); }
void put64(struct writer *w, uint64_t value) { put(w, value, 8); }

void put_string(struct writer *w, const void *bytes, size_t length) {
  put32(w, (uint32_t)length);
  put_bytes(w, bytes, length);
}

struct writer frame_begin(void *buffer, size_t size, uint16_t type, uint32_t tag) {
  struct writer w = {.start = buffer, .at = buffer, .end = (uint8_t *)buffer + size};
  put32(&w, 0);
  put16(&w, type);
  put16(&w, FRAME_VERSION);
  put32(&w, tag);
  return w;
}

size_t frame_end(struct writer *w) {
  if (w->bad) return 0;
  size_t size = (size_t)(w->at - w->start);
  struct writer head = {.start = w->start, .at = w->start, .end = w->end};
  put32(&head, (uint32_t)(size - FRAME_HEADER));
  return size;
}

int frame_header(const void *bytes, uint32_t max, struct frame *frame) {
  struct reader r = reader_of(bytes, FRAME_HEADER);
  frame->length = take32(&r);
  frame->type = take16(&r);
  frame->version = take16(&r);
  frame->tag = take32(&r);
  return frame->length > max ? -EBADMSG : 0;
}

int frame_whole(const void *bytes, size_t length, struct frame *frame, struct reader *payload) {
  if (length < FRAME_HEADER || frame_header(bytes, FRAME_MAX, frame) < 0) return -EBADMSG;
  if (frame->length != length - FRAME_HEADER) return -EBADMSG;
  *payload = reader_of((const uint8_t *)bytes + FRAME_HEADER, frame->length);
  return 0;
}

union control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
};

long send_fds(int socket, const void *bytes, size_t length, const int *fds, int count, int flags) {
  union control control;
  struct iovec part = {.iov_base = (void *)bytes, .iov_len = length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > FDS_MAX) return -EINVAL;
  if (count > 0) {
    message.msg_control = control.bytes;
    message.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
    memcpy(CMSG_DATA(head), fds, (size_t)count * sizeof(int));
  }
  long sent;
  do sent = sendmsg(socket, &message, flags | MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

static int fds_of(struct msghdr *message, int *fds) {
  int count = 0;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    int here = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    memcpy(fds + count, CMSG_DATA(head), (size_t)here * sizeof(int));
    count += here;
  }
  return count;
}

long receive_fds(int socket, void *bytes, size_t size, int *fds, int *count, int flags) {
  union control control;
  struct iovec part = {.iov_base = bytes, .iov_len = size};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  long received;
  *count = 0;
  do received = recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received < 0) return -errno;
  *count = fds_of(&message, fds);
  if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
    while (*count > 0) close(fds[--*count]);
    return -EMSGSIZE;
  }
  return received;
}
