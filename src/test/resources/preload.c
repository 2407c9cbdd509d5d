/* A library that notes that it was loaded. MARKER: the file to make. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((constructor)) static void loaded(void) { close(open(MARKER, O_CREAT | O_WRONLY, 0600)); }
