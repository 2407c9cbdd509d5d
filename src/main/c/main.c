#include <string.h>

#include "client.h"
#include "launcher.h"

int main(int argc, char **argv, char **environment) {
  if (argc > 0 && !strcmp(argv[0], LAUNCHER_NAME)) return launcher_main(argc, argv, environment);
  return client_main(argc, argv, environment);
}
