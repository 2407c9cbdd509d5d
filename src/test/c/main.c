#include <stdio.h>
#include <unistd.h>

#include "check.h"


int main(int argc, char **argv) {
  const char *only = argc > 1 ? argv[1] : NULL;
  if (geteuid() != 0) {
    fprintf(stderr, "these tests make containers: run them as root\n");
    return 1;
  }
  return decoder_tests(only) + keeper_tests(only) ? 1 : 0;
}
