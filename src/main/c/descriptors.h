/* Small things about descriptors. */
#pragma once

/* Closes every descriptor from 3 on but these; -1s and numbers below 3 among them are passed over. */
void close_all_but(const int *keep, int count);
/* close(2) and -1, for a descriptor that may not be open. */
void close_fd(int *fd);
/* Sets O_NONBLOCK on the open file; 0 or -errno. */
int set_nonblocking(int fd);
