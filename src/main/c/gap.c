/* Between two engines: how long the next one may take, and when to start it ourselves. */
#define _GNU_SOURCE
#include <errno.h>
#include <time.h>

#include "client.h"

enum {
  GAP_MAX_MS = 30 * 1000,
  /* The engine left by its own will: it makes way for a newer build, whose caller starts the next one. */
  OTHERS_FIRST_MS = 3000,
  PAUSE_MS = 20,
  /* Lives that are shorter, in which nothing was shown either, are no accident when so many follow each other. */
  LONG_LIFE_MS = 10 * 1000,
  IN_VAIN_MAX = 5,
};

static int64_t began; /* 0: there is an engine, or there never was one */
static int64_t over;  /* when the last one was */
static int in_vain;

int64_t gap_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t gap_until(void) { return began ? began + GAP_MAX_MS : 0; }

int gap_begin(const struct ending *ending) {
  began = gap_now();
  in_vain = ending->progress || began - over > LONG_LIFE_MS ? 0 : in_vain + 1;
  over = began;
  return in_vain > IN_VAIN_MAX ? -1 : 0;
}

enum gap gap_wait(int error, struct ending *ending) {
  if (!began) return error ? GAP_START : GAP_AGAIN;
  int64_t since = gap_now() - began;
  if (since > GAP_MAX_MS) return GAP_GIVE_UP;
  if (error == -ECONNREFUSED || (error && since > OTHERS_FIRST_MS)) return GAP_START;
  return session_rest(PAUSE_MS, ending) ? GAP_LEAVE : GAP_AGAIN;
}
