#include <stdio.h>
#include <unistd.h>

int main(void) {
  printf("hello from user %d\n", (int)getuid());
  return 0;
}
