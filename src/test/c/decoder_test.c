/* Frames and programs made of noise: nothing is read outside of them (the sanitizers watch), nothing loops. */
#include "check.h"
#include "frame.h"
#include "program.h"

enum { ROUNDS = 200000 };

static uint64_t noise_state = 88172645463325252ull;

static uint64_t noise(void) {
  noise_state ^= noise_state << 13;
  noise_state ^= noise_state >> 7;
  return noise_state ^= noise_state << 17;
}

static void reads_frames_of_noise(void) {
  for (int i = 0; i < ROUNDS; i++) {
    size_t length = noise() % 64;
    /* On the heap, of the exact size: a read beyond it is seen. */
    uint8_t *bytes = malloc(length ? length : 1);
    for (size_t j = 0; j < length; j++) bytes[j] = (uint8_t)noise();
    if (length >= 4 && i % 2) memcpy(bytes, (uint32_t[]){(uint32_t)length - FRAME_HEADER}, 4);
    struct frame frame;
    struct reader payload;
    if (frame_whole(bytes, length, &frame, &payload) == 0) {
      uint32_t size;
      take8(&payload), take32(&payload), take_string(&payload, &size), take64(&payload), take16(&payload);
    }
    free(bytes);
  }
}

static void refuses_wrong_lengths(void) {
  uint8_t bytes[64];
  struct frame frame;
  struct reader payload;
  struct writer w = frame_begin(bytes, sizeof bytes, 7, 9);
  put_string(&w, "abc", 3);
  size_t size = frame_end(&w);
  CHECK(size == FRAME_HEADER + 7);
  CHECK(frame_whole(bytes, size, &frame, &payload) == 0 && frame.type == 7 && frame.tag == 9 && frame.version == 1);
  CHECK(frame_whole(bytes, size - 1, &frame, &payload) < 0);
  CHECK(frame_whole(bytes, size + 1, &frame, &payload) < 0);
  CHECK(frame_whole(bytes, 5, &frame, &payload) < 0);
  w = frame_begin(bytes, sizeof bytes, 7, 9);
  put_bytes(&w, bytes, 60);
  CHECK(frame_end(&w) == 0, "a frame that did not fit was sent");
}

static void walk(const uint8_t *bytes, size_t length) {
  struct program program;
  struct step step;
  static struct context context;
  if (program_open(bytes, length, &program) < 0) return;
  for (uint32_t i = 0; i < program.steps && program_next(&program, &step) == 0; i++) {
    int64_t integer;
    const void *data;
    const char *string;
    uint32_t size;
    while (step.left) {
      struct step same = step;
      if (step_integer(&step, &integer) == 0) continue;
      step = same;
      step_string(&context, &same, &string);
      CHECK(step_bytes(&step, &data, &size) == 0, "an argument of no kind passed the check of the step");
    }
  }
}

/* A good program with some bytes changed, and cut somewhere. */
static void reads_programs_of_noise(void) {
  static struct script script;
  const char *const argv[] = {"sh", "-c", "true", NULL}, *const environment[] = {"PATH=/bin", NULL};
  script_begin(&script);
  script_step(&script, 12, "sssis", "proc", "/proc", "proc", (int64_t)5, "");
  script_step(&script, 34, "b", "12345678", (size_t)8);
  script_exec(&script, argv, environment);
  walk(script.bytes, script.length);
  for (int i = 0; i < ROUNDS; i++) {
    size_t length = i % 3 ? script.length : noise() % (script.length + 1);
    uint8_t *bytes = malloc(length ? length : 1);
    memcpy(bytes, script.bytes, length);
    for (int j = (int)(noise() % 4); j > 0 && length; j--) bytes[noise() % length] = (uint8_t)noise();
    if (length >= 4 && i % 2) memcpy(bytes, script.bytes, 4);
    walk(bytes, length);
    free(bytes);
  }
}

int decoder_tests(const char *only) {
  static const struct test TESTS[] = {
      {"frame: noise", reads_frames_of_noise},
      {"frame: wrong lengths", refuses_wrong_lengths},
      {"program: noise", reads_programs_of_noise},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
