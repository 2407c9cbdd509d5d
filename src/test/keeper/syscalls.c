/* Tries system calls that a container must not have, and tells what the kernel answers: a line `name errno` each. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell(const char *name, long result) { printf("%s %d\n", name, result < 0 ? errno : 0); }

static void try(const char *name, long number) { tell(name, syscall(number, -1L, -1L, -1L, -1L, -1L, -1L)); }

static void try_clone(const char *name, unsigned long flags) {
  long pid = syscall(SYS_clone, flags | 17, 0L, 0L, 0L, 0L);
  if (pid == 0) _exit(0);
  tell(name, pid);
  if (pid > 0) waitpid((pid_t)pid, NULL, 0);
}

#if defined(__x86_64__)
static long through(long number, int old) {
  long result;
  if (old)
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(-1L), "c"(-1L), "d"(-1L) : "memory", "r8", "r9", "r10", "r11");
  else
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(-1L), "S"(-1L), "d"(-1L) : "memory", "rcx", "r11");
  int failed = (int)result;
  if (failed < 0 && failed > -4096) {
    errno = -failed;
    return -1;
  }
  return 0;
}
#endif

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  try("keyctl", SYS_keyctl);
  try("add_key", SYS_add_key);
  try("bpf", SYS_bpf);
  try("perf_event_open", SYS_perf_event_open);
  try("userfaultfd", SYS_userfaultfd);
  try("io_uring_setup", SYS_io_uring_setup);
  try("open_by_handle_at", SYS_open_by_handle_at);
  try("kexec_load", SYS_kexec_load);
  try("init_module", SYS_init_module);
  try("swapon", SYS_swapon);
  try("quotactl", SYS_quotactl);
  try("move_pages", SYS_move_pages);
  try("setns", SYS_setns);
  try("mount", SYS_mount);
  try("pivot_root", SYS_pivot_root);
  try("unshare", SYS_unshare);
  try("clone3", SYS_clone3);
  try("470", 470);
  try("999", 999);
  try("close", SYS_close);
  try_clone("clone", 0);
  try_clone("clone-newuser", CLONE_NEWUSER);
  try_clone("clone-newns", CLONE_NEWNS);
  try_clone("clone-newpid", CLONE_NEWPID);
  try_clone("clone-newnet", CLONE_NEWNET);
  tell("socket-inet", socket(AF_INET, SOCK_STREAM, 0));
  tell("socket-alg", socket(38, SOCK_SEQPACKET, 0));
  tell("socket-vsock", socket(40, SOCK_STREAM, 0));
#if defined(__x86_64__)
  tell("x32-mount", through(0x40000000L | SYS_mount, 0));
  tell("x32-read", through(0x40000000L | SYS_read, 0));
  tell("i386-mount", through(21, 1));
  tell("i386-socketcall", through(102, 1));
  tell("i386-close", through(6, 1));
#endif
  return 0;
}
