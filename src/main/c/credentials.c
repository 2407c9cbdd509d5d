/* Steps that set what the process may do and how it starts. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "kernel.h"
#include "operations.h"

static int outcome(long result) { return result < 0 ? -errno : 0; }

int do_dumpable(struct context *context, struct step *step) {
  int64_t value;
  int failed = step_integer(step, &value);
  (void)context;
  return failed ? failed : outcome(prctl(PR_SET_DUMPABLE, (unsigned long)value, 0, 0, 0));
}

int do_rlimit(struct context *context, struct step *step) {
  int64_t resource, soft, hard;
  int failed = step_integer(step, &resource);
  if (!failed) failed = step_integer(step, &soft);
  if (!failed) failed = step_integer(step, &hard);
  (void)context;
  if (failed) return failed;
  struct rlimit limit = {.rlim_cur = (rlim_t)soft, .rlim_max = (rlim_t)hard};
  return outcome(setrlimit((int)resource, &limit));
}

int do_umask(struct context *context, struct step *step) {
  int64_t mode;
  int failed = step_integer(step, &mode);
  (void)context;
  if (!failed) umask((mode_t)mode);
  return failed;
}

int do_setsid(struct context *context, struct step *step) {
  (void)context, (void)step;
  return outcome(setsid());
}

int do_bounding(struct context *context, struct step *step) {
  int64_t mask;
  int failed = step_integer(step, &mask);
  (void)context;
  if (failed) return failed;
  for (unsigned long capability = 0; capability < 64; capability++) {
    if ((uint64_t)mask >> capability & 1) continue;
    if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    /* EINVAL: the kernel knows no capability of this number, nor of a higher one. */
    return errno == EINVAL ? 0 : -errno;
  }
  return 0;
}

int do_groups(struct context *context, struct step *step) {
  const void *bytes;
  uint32_t length;
  int failed = step_bytes(step, &bytes, &length);
  (void)context;
  if (failed) return failed;
  if (length % sizeof(gid_t)) return -EINVAL;
  return outcome(setgroups(length / sizeof(gid_t), bytes));
}

int do_keepcaps(struct context *context, struct step *step) {
  (void)context, (void)step;
  return outcome(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
}

int do_setuid(struct context *context, struct step *step) {
  int64_t uid, gid;
  int failed = step_integer(step, &uid);
  if (!failed) failed = step_integer(step, &gid);
  (void)context;
  if (failed) return failed;
  /* 0xffffffff means "leave as it is" to these calls: then the program would stay root. */
  if (uid < 0 || uid >= 0xffffffff || gid < 0 || gid >= 0xffffffff) return -EINVAL;
  failed = outcome(syscall(SYS_setresgid, (gid_t)gid, (gid_t)gid, (gid_t)gid));
  return failed ? failed : outcome(syscall(SYS_setresuid, (uid_t)uid, (uid_t)uid, (uid_t)uid));
}

/* In a pid namespace of its own the parent's number is 0 whether it lives or not; but its end of the report
 * is closed when it is gone. */
int do_pdeathsig(struct context *context, struct step *step) {
  int64_t number;
  int failed = step_integer(step, &number);
  if (!failed) failed = outcome(prctl(PR_SET_PDEATHSIG, (unsigned long)number, 0, 0, 0));
  if (failed) return failed;
  struct pollfd report = {.fd = context->report, .events = 0};
  if (poll(&report, 1, 0) > 0 && report.revents & (POLLHUP | POLLERR)) _exit(1);
  return 0;
}

int do_capset(struct context *context, struct step *step) {
  int64_t effective, permitted, inheritable;
  int failed = step_integer(step, &effective);
  if (!failed) failed = step_integer(step, &permitted);
  if (!failed) failed = step_integer(step, &inheritable);
  (void)context;
  if (failed) return failed;
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct data[2];
  for (int i = 0; i < 2; i++) {
    data[i].effective = (uint32_t)((uint64_t)effective >> (32 * i));
    data[i].permitted = (uint32_t)((uint64_t)permitted >> (32 * i));
    data[i].inheritable = (uint32_t)((uint64_t)inheritable >> (32 * i));
  }
  failed = outcome(syscall(SYS_capset, &header, data));
  /* The kernel keeps the ambient set within the inheritable one: without that there is nothing to clear, and
   * after the seccomp filter no call to clear it with. */
  if (failed || !inheritable) return failed;
  return outcome(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
}

int do_no_new_privs(struct context *context, struct step *step) {
  (void)context, (void)step;
  return outcome(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

int do_seccomp(struct context *context, struct step *step) {
  const void *bytes;
  uint32_t length;
  int failed = step_bytes(step, &bytes, &length);
  (void)context;
  if (failed) return failed;
  if (length % sizeof(struct sock_filter) || length / sizeof(struct sock_filter) > BPF_MAXINSNS) return -EINVAL;
  struct sock_fprog filter = {.len = (unsigned short)(length / sizeof(struct sock_filter)),
                              .filter = (struct sock_filter *)(uintptr_t)bytes};
  return outcome(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter));
}

int do_keyring(struct context *context, struct step *step) {
  (void)context, (void)step;
  return outcome(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}

int do_sigdefault(struct context *context, struct step *step) {
  (void)context, (void)step;
  return outcome(signals_default());
}
