/* The command lines that the build wrote down: client.md, "Finding and starting the engine". */
#pragma once

#include <stddef.h>

enum { JAVA_ARGUMENTS_MAX = 512, LIB_PATH_MAX = 4096 };

/* The whole of a small file below the lib folder, with a NUL after it; it is static, and the next call's too.
 * NULL, and errno, when it can't be read or has more than 64 KiB. */
char *lib_file(const char *lib, const char *name);
/* The command of a file with one argument a line: argv[0] is what lib/java says, and `more` follow. 0 or -errno. */
int java_command(const char *lib, const char *file, char *const *more, char **argv);
