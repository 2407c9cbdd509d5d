/* The container's store of descriptors: they live as long as its keeper, and an engine that comes back gets
 * them by name. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"

enum { ENTRIES = 1024, KEY_MAX = 60 };

/* Pages of it that are never used are never memory. */
static struct entry {
  char key[KEY_MAX];
  uint8_t length; /* 0: free */
  int fd;
} entries[ENTRIES];
static int used;

static struct entry *find(const uint8_t *key, uint32_t length) {
  for (int i = 0; i < used; i++)
    if (entries[i].length == length && !memcmp(entries[i].key, key, length)) return &entries[i];
  return NULL;
}

static struct entry *add(const uint8_t *key, uint32_t length) {
  if (used == ENTRIES) return NULL;
  struct entry *entry = &entries[used++];
  memcpy(entry->key, key, length);
  entry->length = (uint8_t)length;
  return entry;
}

int store_put(struct request *request) {
  uint32_t length;
  const uint8_t *key = take_string(&request->payload, &length);
  if (!key || !length || request->fd_count != 1) return -EINVAL;
  if (length > KEY_MAX) return -ENAMETOOLONG;
  struct entry *entry = find(key, length);
  if (entry)
    close(entry->fd);
  else
    entry = add(key, length);
  if (!entry) return -ENOSPC;
  entry->fd = request->fds[0];
  request->fds[0] = -1;
  return 0;
}

void store_get(struct request *request) {
  uint8_t bytes[FRAME_HEADER];
  uint32_t length;
  const uint8_t *key = take_string(&request->payload, &length);
  struct entry *entry = key ? find(key, length) : NULL;
  if (!entry) {
    answer_result(request, -ENOENT);
    return;
  }
  struct writer w = frame_begin(bytes, sizeof bytes, ANSWER_FD, request->frame.tag);
  answer(request->connection, &w, &entry->fd, 1);
}

int store_drop(struct request *request) {
  uint32_t length;
  const uint8_t *key = take_string(&request->payload, &length);
  struct entry *entry = key ? find(key, length) : NULL;
  if (!entry) return -ENOENT;
  close(entry->fd);
  *entry = entries[--used];
  return 0;
}

void store_keys(const struct request *request) {
  static uint8_t bytes[FRAME_HEADER + FRAME_MAX];
  struct writer w = frame_begin(bytes, sizeof bytes, ANSWER_KEYS, request->frame.tag);
  put32(&w, (uint32_t)used);
  for (int i = 0; i < used; i++) put_string(&w, entries[i].key, entries[i].length);
  answer(request->connection, &w, NULL, 0);
}
