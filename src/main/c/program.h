/* The step program: program.md. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROGRAM_MAGIC = 0x3150434a, ARGUMENT_MAX = 255, NO_STEP = -1 };

/* The messages that a program sends to the keeper. */
enum { REPORT_FORKED = 1, REPORT_PTY = 2, REPORT_FAILED = 3 };

/* One step: its arguments are taken one after the other. */
struct step {
  uint16_t operation;
  uint16_t left;
  const uint8_t *at;
  const uint8_t *end;
};

struct program {
  const uint8_t *at;
  const uint8_t *end;
  uint32_t steps;
};

/* What the keeper prepared, and what the steps tell each other. */
struct context {
  const int *slots;
  int slot_count;
  int stdio[3]; /* -1: /dev/null of the container */
  int report;
  uint16_t rows, columns;
  /* Shared with the keeper: the step that runs. It tells a program that was killed from one that has exec'ed. */
  volatile uint32_t *progress;
  uint32_t execs; /* value of *progress that says: execve was reached */
  char argument[ARGUMENT_MAX + 1];
};

int program_open(const void *bytes, size_t size, struct program *program);
/* The next step; 0, or -EBADMSG when it does not lie within the program. */
int program_next(struct program *program, struct step *step);
int step_integer(struct step *step, int64_t *value);
int step_bytes(struct step *step, const void **bytes, uint32_t *length);
/* Bytes without a NUL in them, as a C string; it becomes the argument of a failure. */
int step_string(struct context *context, struct step *step, const char **string);
/* The descriptor in the slot that an integer argument names. */
int step_slot(struct context *context, struct step *step, int *fd);

/* Remembers what a failure is about. */
void concerns(struct context *context, const char *argument);

/* Runs a program in a fresh clone, and never comes back. */
_Noreturn void program_run(int program_fd, struct context *context);

enum { PROGRESS_EXEC = 0xffffffff };
