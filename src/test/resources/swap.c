/* Exchanges two names of a folder, over and over, until it is killed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXCHANGE = 2 };

int main(int argc, char **argv) {
  if (argc != 4 || chdir(argv[1])) return 2;
  for (long count = 0;; count++) {
    if (syscall(SYS_renameat2, AT_FDCWD, argv[2], AT_FDCWD, argv[3], EXCHANGE)) {
      perror("renameat2");
      return 1;
    }
    if (count == 1000) {
      puts("swapping");
      fflush(stdout);
    }
  }
}
