/* What the engine gave us to keep: what the next one needs in order to go on with the command, in parts by key. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>

#include "client.h"

/* One part: u32 key, u32 length, its bytes; as INVOKE has them. */
enum { KEPT_MAX = 256 * 1024, PART_HEADER = 8 };

static struct {
  uint8_t bytes[KEPT_MAX];
  size_t length;
  uint32_t count;
} kept;

static uint32_t number_at(const uint8_t *at) {
  struct reader r = reader_of(at, 4);
  return take32(&r);
}

static size_t part_size(const uint8_t *part) { return PART_HEADER + number_at(part + 4); }

static uint8_t *find(uint32_t key) {
  uint8_t *at = kept.bytes, *end = kept.bytes + kept.length;
  while (at < end && number_at(at) != key) at += part_size(at);
  return at < end ? at : NULL;
}

static void drop(uint8_t *part) {
  size_t size = part_size(part);
  size_t after = (size_t)(kept.bytes + kept.length - part) - size;
  memmove(part, part + size, after);
  kept.length -= size;
  kept.count--;
}

int kept_part(uint32_t key, const void *bytes, uint32_t length) {
  uint8_t *old = find(key);
  if (old && length && number_at(old + 4) == length) {
    memcpy(old + PART_HEADER, bytes, length);
    return 0;
  }
  if (old) drop(old);
  if (!length) return 0;
  if (KEPT_MAX - kept.length < PART_HEADER + length) return -ENOSPC;
  struct writer w = {.start = kept.bytes, .at = kept.bytes + kept.length, .end = kept.bytes + KEPT_MAX};
  put32(&w, key);
  put_string(&w, bytes, length);
  kept.length += PART_HEADER + length;
  kept.count++;
  return 0;
}

void kept_put(struct writer *w) {
  put32(w, kept.count);
  put_bytes(w, kept.bytes, kept.length);
}
