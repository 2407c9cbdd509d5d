/* The frame that client, engine, launcher and keeper speak: README.md, "The frame". */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
  FRAME_HEADER = 12,
  FRAME_VERSION = 1,
  FRAME_MAX = 64 * 1024,
  INVOKE_MAX = 4 * 1024 * 1024,
  /* The kernel's own limit for one message (SCM_MAX_FD). */
  FDS_MAX = 253,
};

struct frame {
  uint32_t length;
  uint16_t type;
  uint16_t version;
  uint32_t tag;
};

/* Takes values off a payload. After the first one that is not there, all are zero and `bad` is set. */
struct reader {
  const uint8_t *at;
  const uint8_t *end;
  int bad;
};

struct reader reader_of(const void *bytes, size_t length);
uint8_t take8(struct reader *r);
uint16_t take16(struct reader *r);
uint32_t take32(struct reader *r);
uint64_t take64(struct reader *r);
const uint8_t *take_bytes(struct reader *r, size_t length);
/* A string of the protocol: its bytes (no NUL) and its length. */
const uint8_t *take_string(struct reader *r, uint32_t *length);

/* Writes one frame into a buffer of the caller's. What does not fit sets `bad`. */
struct writer {
  uint8_t *start;
  uint8_t *at;
  uint8_t *end;
  int bad;
};

struct writer frame_begin(void *buffer, size_t size, uint16_t type, uint32_t tag);
void put8(struct writer *w, uint8_t value);
void put16(struct writer *w, uint16_t value);
void put32(struct writer *w, uint32_t value);
void put64(struct writer *w, uint64_t value);
void put_bytes(struct writer *w, const void *bytes, size_t length);
void put_string(struct writer *w, const void *bytes, size_t length);
/* Fills in the length; returns the size of the whole frame, or 0 when it did not fit. */
size_t frame_end(struct writer *w);

/* Reads a header of 12 bytes; 0, or -EBADMSG when the payload is longer than `max`. */
int frame_header(const void *bytes, uint32_t max, struct frame *frame);
/* One whole frame as a message of a SOCK_SEQPACKET socket; its payload as a reader. 0 or -EBADMSG. */
int frame_whole(const void *bytes, size_t length, struct frame *frame, struct reader *payload);

/* sendmsg(2) of one buffer with descriptors; the count sent, or -errno. Never raises SIGPIPE. */
long send_fds(int socket, const void *bytes, size_t length, const int *fds, int count, int flags);
/* recvmsg(2); descriptors come CLOEXEC. The count received, 0 at the end, or -errno; a message that was cut
 * closes its descriptors and is -EMSGSIZE. */
long receive_fds(int socket, void *bytes, size_t size, int *fds, int *count, int flags);
