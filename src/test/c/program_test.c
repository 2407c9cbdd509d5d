/* Steps of the program, in real namespaces: what they do, and what they refuse to do. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keeper_rig.h"
#include "kernel.h"

/* A root where /dev holds no devices but what a neighbour has put there. */
static void steps_false_dev(struct script *s) {
  steps_root(s);
  script_step(s, 12, "sssis", "tmpfs", "/dev", "tmpfs", (int64_t)0, "");
  script_step(s, 15, "si", "/dev/null", (int64_t)0666);
  script_step(s, 14, "si", "/dev/pts", (int64_t)0755);
  script_step(s, 16, "siiiii", "/dev/pts/ptmx", (int64_t)(S_IFCHR | 0666), (int64_t)1, (int64_t)3, (int64_t)0,
              (int64_t)0);
}

static void reaps_with_an_init(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  script_step(&s, 36, "");
  steps_shell(&s, "trap 'exit 6' TERM; (sleep 0.01 &); echo $$; while :; do sleep 0.01; done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  while (read_log(1) == 0) usleep(1000);
  CHECK(!strcmp(text, "2\n"), "%s", text);
  struct writer w = request(REQUEST_SIGNAL);
  put32(&w, 0), put32(&w, SIGTERM), put8(&w, 0);
  ask(&w, NULL, 0, &reply);
  CHECK(reply.frame.type == ANSWER_OK);
  CHECK(WEXITSTATUS(exited(0)) == 6);
  keeper_end();
}

static void masks_and_protects(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 18, "s", "/proc/keys");
  script_step(&s, 18, "s", "/proc/acpi");
  script_step(&s, 18, "s", "/proc/no-such-thing");
  script_step(&s, 19, "s", "/proc/sys");
  script_step(&s, 20, "sb", "/proc/self/oom_score_adj", "77", (size_t)2);
  script_step(&s, 14, "si", "/deep/er/est", (int64_t)0700);
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, "wc -c </proc/keys; stat -c %t:%T /proc/keys; cat /proc/self/oom_score_adj;"
                  "(echo 1 >/proc/sys/kernel/panic) 2>/dev/null || echo refused; stat -c %a /deep /deep/er/est;"
                  "grep -E 'Cap(Inh|Prm|Eff|Bnd|Amb)' /proc/self/status");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  CHECK(exited(0) == 0);
  read_log(1);
  CHECK(!strcmp(text, "0\n1:3\n77\nrefused\n755\n700\nCapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"
                      "CapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n"),
        "%s", text);
  keeper_end();
}

static void follows_no_link_out(void) {
  static struct script s;
  static struct reply reply;
  char link[160];
  keeper_begin();
  snprintf(link, sizeof link, "%s/evil", k.root);
  CHECK(symlink("/proc/self/fd/1", link) == 0);
  steps_root(&s);
  script_step(&s, 35, "s", "/evil");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ELOOP, "/evil");
  snprintf(link, sizeof link, "%s/linked", k.root);
  CHECK(symlink("/tmp", link) == 0);
  steps_root(&s);
  script_step(&s, 12, "sssis", "tmpfs", "/linked", "tmpfs", (int64_t)0, "");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ELOOP, "/linked");
  steps_root(&s);
  script_step(&s, 12, "sssis", "tmpfs", "/proc/sys", "tmpfs", (int64_t)0, "");
  script_step(&s, 15, "si", "/proc/sys/x", (int64_t)0600);
  script_step(&s, 20, "sb", "/proc/sys/x", "1", (size_t)1);
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, EXDEV, "/proc/sys/x");
  keeper_end();
}

static void trusts_no_device_by_its_name(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  steps_false_dev(&s);
  script_step(&s, 18, "s", "/proc/keys");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/proc/keys");
  steps_false_dev(&s);
  script_step(&s, 24, "");
  start_script(&s, 0, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/dev/null");
  steps_false_dev(&s);
  script_step(&s, 25, "iii", (int64_t)0, (int64_t)5, (int64_t)0);
  start_script(&s, 1, 0, 0, 0, &reply);
  failed(&reply, (uint32_t)-1, ENODEV, "/dev/pts/ptmx");
  keeper_end();
}

/* The descriptor of a folder of the host is open while the working directory is entered. */
static void enters_no_folder_of_the_host(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  for (int fd = 3; fd < 40; fd++) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    steps_root(&s);
    script_step(&s, 35, "s", path);
    start_script(&s, 0, 0, 0, 0, &reply);
    CHECK(reply.frame.type == ANSWER_FAILED);
    take32(&reply.payload);
    uint32_t error = take32(&reply.payload);
    CHECK(error == ELOOP || error == ENOENT, "%s: %s", path, strerror((int)error));
  }
  keeper_end();
}

static void shows_its_cgroups(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 3, "i", (int64_t)CLONE_NEWCGROUP);
  script_step(&s, 12, "sssis", "sysfs", "/sys", "sysfs", (int64_t)MS_RDONLY, "");
  script_step(&s, 42, "s", "/sys/fs/cgroup");
  script_step(&s, 24, "");
  steps_last(&s);
  steps_shell(&s, "cd /sys/fs/cgroup; grep -q ' /sys/fs/cgroup' /proc/self/mounts && echo there;"
                  "for d in . */; do (echo 0 >$d/cgroup.procs) 2>/dev/null && echo $d can be written; done;"
                  "while IFS=: read a b c; do [ $c = / ] || echo not a root: $c; done </proc/self/cgroup;"
                  "for d in */; do [ -e $d/cgroup.procs ] || echo empty: $d; done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  exited(0);
  read_log(1);
  CHECK(!strcmp(text, "there\n"), "%s", text);
  keeper_end();
}

static void keeps_its_binary_out_of_reach(void) {
  static struct script s;
  static struct reply reply;
  keeper_begin();
  subscribe();
  steps_root(&s);
  script_step(&s, 23, "");
  script_step(&s, 24, "");
  steps_last(&s);
  script_step(&s, 36, "");
  steps_shell(&s, "(echo x >>/proc/1/exe) 2>/dev/null && echo written; readlink /proc/1/exe; readlink /proc/1/fd/1; echo done");
  start_script(&s, 0, 0, 0, 0, &reply);
  close(started(&reply));
  exited(0);
  read_log(1);
  CHECK(!strcmp(text, "done\n"), "%s", text);
  keeper_end();
}

int program_tests(const char *only) {
  static const struct test TESTS[] = {
      {"keeper: reaps with an init", reaps_with_an_init},
      {"program: masks and protects", masks_and_protects},
      {"program: trusts no device by its name", trusts_no_device_by_its_name},
      {"program: enters no folder of the host", enters_no_folder_of_the_host},
      {"program: shows its cgroups", shows_its_cgroups},
      {"program: keeps its binary out of reach", keeps_its_binary_out_of_reach},
      {"program: follows no link out", follows_no_link_out},
  };
  return run_tests(TESTS, sizeof TESTS / sizeof *TESTS, only);
}
