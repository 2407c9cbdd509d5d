/* The terminal stays the client's: its modes are changed here only, and put back on every way out. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "client.h"

static struct termios before;
static int known;  /* `before` holds what was found */
static int raw;    /* the terminal is to be raw */
static int active; /* and it is */

int terminal_of(int terminals) {
  for (int i = 0; i < 3; i++)
    if (terminals >> i & 1) return i;
  return -1;
}

void terminal_size(int terminals, uint16_t *rows, uint16_t *columns) {
  struct winsize size = {0};
  int fd = terminal_of(terminals);
  if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) < 0) size = (struct winsize){0};
  *rows = size.ws_row;
  *columns = size.ws_col;
}

/* In the background the terminal is somebody else's, and to touch it would stop us. */
static int in_foreground(void) { return tcgetpgrp(0) == getpgrp(); }

static void enter(void) {
  if (active || !in_foreground()) return;
  if (!known && tcgetattr(0, &before) < 0) return;
  known = 1;
  struct termios wanted = before;
  cfmakeraw(&wanted);
  active = tcsetattr(0, TCSANOW, &wanted) == 0;
}

static void leave(void) {
  if (active && in_foreground()) tcsetattr(0, TCSANOW, &before);
  active = 0;
}

void terminal_input(enum input mode) {
  raw = mode == INPUT_RAW;
  if (raw)
    enter();
  else
    leave();
}

void terminal_again(void) {
  active = 0;
  if (raw) enter();
}

void terminal_restore(void) { leave(); }
