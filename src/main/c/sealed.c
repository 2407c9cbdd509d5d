/* What runs inside of a container before its exec, and beside it as its pid 1, is this binary: through
 * /proc/1/exe a container could reach the file on the host and overwrite it (CVE-2019-5736). So the launcher, and
 * with it all that is forked from it, runs from a copy in memory that can't be changed. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10
#endif

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static int copy_all(int from, int to) {
  struct stat status;
  if (fstat(from, &status) < 0) return -errno;
  for (off_t left = status.st_size; left > 0;) {
    ssize_t count = sendfile(to, from, NULL, (size_t)left);
    if (count <= 0) return count < 0 ? -errno : -EIO;
    left -= count;
  }
  return fcntl(to, F_ADD_SEALS, SEALS) < 0 ? -errno : 0;
}

/* Kernels before 6.3 don't know MFD_EXEC, and make every memfd executable. */
static int make_memfd(void) {
  int fd = memfd_create("jcompose", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd < 0 && errno == EINVAL) fd = memfd_create("jcompose", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  return fd < 0 ? -errno : fd;
}

int sealed_exec(char **argv, char **environment) {
  int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (self < 0) return -errno;
  int seals = fcntl(self, F_GET_SEALS);
  if (seals >= 0 && seals & F_SEAL_WRITE) {
    close(self);
    return 0;
  }
  int copy = make_memfd();
  int failed = copy < 0 ? copy : copy_all(self, copy);
  close(self);
  if (failed) return failed;
  syscall(SYS_execveat, copy, "", argv, environment, AT_EMPTY_PATH);
  return -errno;
}
