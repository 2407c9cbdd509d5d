/* Paths inside the root that is current: after `pivot`, the container's. Whoever can write there (an image, a
 * neighbour that shares a volume) is not trusted, so nothing is done to a path: it is opened, with the kernel
 * refusing links as asked, and everything is done to the descriptor. */
#pragma once

enum links {
  LINKS_INSIDE, /* followed, resolved inside the root */
  LINKS_REFUSED /* ELOOP */
};

enum { PATH_LENGTH_MAX = 4096, NAME_LENGTH_MAX = 255 };

/* O_CLOEXEC is added. The descriptor, or -errno. */
int open_inside(const char *path, int flags, enum links links);
/* The folder that holds the last name of `path`, which is copied to `name`; made with its parents (0755) when
 * `make`. The descriptor, or -errno. */
int open_parent(const char *path, char name[NAME_LENGTH_MAX + 1], int make);
/* O_PATH of /dev/null of this root, checked to be the real one: character device 1:3. */
int open_null(int flags);
