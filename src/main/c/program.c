#define _GNU_SOURCE
#include "program.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "frame.h"
#include "operations.h"

enum { ARGUMENT_INTEGER = 0, ARGUMENT_BYTES = 1 };

static operation *const OPERATIONS[] = {
    [1] = do_cgroup_join,
    [2] = do_setns,
    [3] = do_unshare,
    [4] = do_fork_exec,
    [5] = do_dumpable,
    [6] = do_sethostname,
    [7] = do_setdomainname,
    [8] = do_private,
    [9] = do_move_mount,
    [10] = do_enter,
    [11] = do_pivot,
    [12] = do_mount,
    [13] = do_mount_attr,
    [14] = do_mkdir,
    [15] = do_touch,
    [16] = do_mknod,
    [17] = do_symlink,
    [18] = do_mask,
    [19] = do_readonly,
    [20] = do_write,
    [21] = do_rlimit,
    [22] = do_umask,
    [23] = do_setsid,
    [24] = do_stdio,
    [25] = do_pty,
    [26] = do_chown_stdio,
    [27] = do_bounding,
    [28] = do_groups,
    [29] = do_keepcaps,
    [30] = do_setuid,
    [31] = do_pdeathsig,
    [32] = do_capset,
    [33] = do_no_new_privs,
    [34] = do_seccomp,
    [35] = do_chdir,
    [36] = do_init,
    [37] = do_exec,
    [38] = do_chroot_check,
    [39] = do_keyring,
    [40] = do_sigdefault,
    [41] = do_bind,
    [42] = do_cgroup_mounts,
    [43] = do_mount_proc,
};

static size_t padded(size_t length) { return (length + 1 + 3) & ~(size_t)3; }

int program_open(const void *bytes, size_t size, struct program *program) {
  struct reader r = reader_of(bytes, size);
  uint32_t magic = take32(&r);
  uint32_t steps = take32(&r);
  *program = (struct program){.steps = steps, .at = r.at, .end = r.end};
  return r.bad || magic != PROGRAM_MAGIC ? -EBADMSG : 0;
}

static int skip_argument(struct reader *r) {
  switch (take32(r)) {
    case ARGUMENT_INTEGER:
      take64(r);
      break;
    case ARGUMENT_BYTES: {
      uint32_t length = take32(r);
      const uint8_t *bytes = take_bytes(r, padded(length));
      if (!bytes || bytes[length]) return -EBADMSG;
      break;
    }
    default:
      return -EBADMSG;
  }
  return r->bad ? -EBADMSG : 0;
}

int program_next(struct program *program, struct step *step) {
  struct reader r = {.at = program->at, .end = program->end};
  step->operation = take16(&r);
  step->left = take16(&r);
  step->at = r.at;
  for (int i = 0; i < step->left; i++) {
    int failed = skip_argument(&r);
    if (failed) return failed;
  }
  if (r.bad) return -EBADMSG;
  step->end = program->at = r.at;
  return 0;
}

/* The bounds of a step were checked by program_next; what is left is that the arguments are those expected. */
static int take_argument(struct step *step, uint32_t kind, struct reader *r) {
  *r = (struct reader){.at = step->at, .end = step->end};
  if (step->left == 0 || take32(r) != kind) return -EINVAL;
  step->left--;
  return 0;
}

int step_integer(struct step *step, int64_t *value) {
  struct reader r;
  int failed = take_argument(step, ARGUMENT_INTEGER, &r);
  if (failed) return failed;
  *value = (int64_t)take64(&r);
  step->at = r.at;
  return 0;
}

int step_bytes(struct step *step, const void **bytes, uint32_t *length) {
  struct reader r;
  int failed = take_argument(step, ARGUMENT_BYTES, &r);
  if (failed) return failed;
  *length = take32(&r);
  *bytes = take_bytes(&r, padded(*length));
  step->at = r.at;
  return *bytes ? 0 : -EINVAL;
}

int step_string(struct context *context, struct step *step, const char **string) {
  const void *bytes;
  uint32_t length;
  int failed = step_bytes(step, &bytes, &length);
  if (failed) return failed;
  *string = bytes;
  concerns(context, *string);
  return strlen(*string) == length ? 0 : -EINVAL;
}

int step_slot(struct context *context, struct step *step, int *fd) {
  int64_t slot;
  int failed = step_integer(step, &slot);
  if (failed) return failed;
  if (slot < 0 || slot >= context->slot_count) return -EBADF;
  *fd = context->slots[slot];
  return 0;
}

void concerns(struct context *context, const char *argument) {
  size_t length = strnlen(argument, ARGUMENT_MAX);
  memcpy(context->argument, argument, length);
  context->argument[length] = 0;
}

/* After the seccomp filter nothing but capset, write and execve may be called, so this is a write(2). */
_Noreturn static void report_failure(struct context *context, uint32_t step, int error) {
  uint8_t bytes[16 + ARGUMENT_MAX];
  struct writer w = {.start = bytes, .at = bytes, .end = bytes + sizeof bytes};
  put32(&w, REPORT_FAILED);
  put32(&w, step);
  put32(&w, (uint32_t)-error);
  put_string(&w, context->argument, strlen(context->argument));
  ssize_t written = write(context->report, bytes, (size_t)(w.at - w.start));
  _exit(written < 0 ? 1 : 127);
}

static int map_program(int fd, struct program *program) {
  struct stat status;
  if (fstat(fd, &status) < 0) return -errno;
  if (status.st_size <= 0) return -EBADMSG;
  void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (bytes == MAP_FAILED) return -errno;
  return program_open(bytes, (size_t)status.st_size, program);
}

static int run_step(struct context *context, struct step *step) {
  size_t known = sizeof OPERATIONS / sizeof OPERATIONS[0];
  context->argument[0] = 0;
  if (step->operation >= known || !OPERATIONS[step->operation]) return -ENOSYS;
  int failed = OPERATIONS[step->operation](context, step);
  if (!failed && step->left) {
    /* More arguments than the operation has: the writer and we mean different things. */
    return -E2BIG;
  }
  return failed;
}

void program_run(int program_fd, struct context *context) {
  struct program program;
  struct step step;
  uint32_t index = 0;
  int failed = map_program(program_fd, &program);
  if (failed) report_failure(context, (uint32_t)NO_STEP, failed);
  for (; index < program.steps; index++) {
    *context->progress = index;
    failed = program_next(&program, &step);
    if (!failed) failed = run_step(context, &step);
    if (failed) report_failure(context, index, failed);
  }
  /* A program that does not end with exec has made a container for nobody. */
  concerns(context, "exec");
  report_failure(context, index, -ENOEXEC);
}
