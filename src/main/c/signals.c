/* The client's signals: they wait until we look at them, so that none comes between two engines and is lost. */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "client.h"
#include "descriptors.h"

static const int FORWARDED[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};

static int waiting = -1;
static sigset_t before;

int signals_open(void) {
  sigset_t mask;
  struct sigaction action;
  if (waiting >= 0) return waiting;
  sigemptyset(&mask);
  /* What the caller told us to ignore (nohup) stays ignored; but shells start the background jobs of a script
   * without SIGINT, and whoever sends it to such a job means it. */
  for (size_t i = 0; i < sizeof FORWARDED / sizeof *FORWARDED; i++)
    if (FORWARDED[i] == SIGINT || (sigaction(FORWARDED[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN))
      sigaddset(&mask, FORWARDED[i]);
  signal(SIGINT, SIG_DFL); /* one that is ignored never reaches the signalfd */
  if (sigaction(SIGTSTP, NULL, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&mask, SIGTSTP);
  sigaddset(&mask, SIGCONT);
  sigaddset(&mask, SIGWINCH);
  sigprocmask(SIG_BLOCK, &mask, &before);
  waiting = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
  return waiting;
}

void signals_close(void) {
  if (waiting < 0) return;
  close_fd(&waiting);
  sigprocmask(SIG_SETMASK, &before, NULL);
}

int signals_next(void) {
  struct signalfd_siginfo info;
  return read(waiting, &info, sizeof info) == sizeof info ? (int)info.ssi_signo : 0;
}

int signals_ends(int number) {
  return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

/* The signals are blocked here, so this one is raised first, and stops us when it is let through. */
void signals_stop(void) {
  sigset_t stop;
  terminal_restore();
  sigemptyset(&stop);
  sigaddset(&stop, SIGTSTP);
  raise(SIGTSTP);
  sigprocmask(SIG_UNBLOCK, &stop, NULL);
  sigprocmask(SIG_BLOCK, &stop, NULL);
}
