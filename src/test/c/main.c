#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

/* A word of a test's name runs those alone. */
int main(int argc, char **argv, char **environment) {
  const char *only = argc > 1 ? argv[1] : NULL;
  if (only && !strcmp(only, "--fake-engine")) return fake_engine(argc, argv, environment);
  if (geteuid() != 0) {
    fprintf(stderr, "these tests make containers: run them as root\n");
    return 1;
  }
  int failures = decoder_tests(only) + keeper_tests(only) + exec_tests(only) + program_tests(only);
  return failures + client_tests(only) ? 1 : 0;
}
