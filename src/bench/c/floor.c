/* The kernel's floor: what a container costs when a C program makes it, with nothing around it. The same parts as
 * ours: namespaces, an overlay of a busybox root, /proc /sys /dev and its nodes, a veth pair on a bridge,
 * pivot_root, exec. `floor N [--no-network] [/bin/busybox]` prints milliseconds for each of N containers and for
 * their removal. It works in namespaces of its own and leaves nothing behind. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX = 4096, CLONE_FLAGS = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET };

static char base[] = "/tmp/jcompose-floor-XXXXXX";

static void must(int done, const char *what) {
  if (done) return;
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  _exit(1);
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* ---- rtnetlink ---- */

struct message {
  struct nlmsghdr head;
  struct ifinfomsg link;
  char rest[512];
};

static struct rtattr *attribute(struct message *m, int type, const void *bytes, size_t length) {
  struct rtattr *a = (struct rtattr *)((char *)m + NLMSG_ALIGN(m->head.nlmsg_len));
  a->rta_type = (unsigned short)type;
  a->rta_len = (unsigned short)RTA_LENGTH(length);
  if (length) memcpy(RTA_DATA(a), bytes, length);
  m->head.nlmsg_len = NLMSG_ALIGN(m->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
  return a;
}

static void end(struct message *m, struct rtattr *a) {
  a->rta_len = (unsigned short)((char *)m + m->head.nlmsg_len - (char *)a);
}

static struct message new_link(const char *name) {
  struct message m = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof m.link),
                               .nlmsg_type = RTM_NEWLINK,
                               .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL}};
  m.link.ifi_flags = m.link.ifi_change = IFF_UP;
  attribute(&m, IFLA_IFNAME, name, strlen(name) + 1);
  return m;
}

static void ask(int socket, struct message *m) {
  char answer[8192];
  must(send(socket, m, m->head.nlmsg_len, 0) > 0, "netlink");
  must(recv(socket, answer, sizeof answer, 0) > 0, "netlink");
  struct nlmsgerr *error = NLMSG_DATA((struct nlmsghdr *)answer);
  errno = -error->error;
  must(error->error == 0, "making a link");
}

static unsigned make_bridge(int socket) {
  struct message m = new_link("bridge");
  struct rtattr *info = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "bridge", 6);
  end(&m, info);
  ask(socket, &m);
  return if_nametoindex("bridge");
}

static void make_veth(int socket, unsigned bridge, int number, int pid) {
  char name[IFNAMSIZ];
  struct ifinfomsg peer = {0};
  snprintf(name, sizeof name, "veth%d", number);
  struct message m = new_link(name);
  attribute(&m, IFLA_MASTER, &bridge, sizeof bridge);
  struct rtattr *info = attribute(&m, IFLA_LINKINFO, NULL, 0);
  attribute(&m, IFLA_INFO_KIND, "veth", 4);
  struct rtattr *data = attribute(&m, IFLA_INFO_DATA, NULL, 0);
  struct rtattr *other = attribute(&m, VETH_INFO_PEER, &peer, sizeof peer);
  attribute(&m, IFLA_IFNAME, "eth0", 5);
  attribute(&m, IFLA_NET_NS_PID, &pid, sizeof pid);
  end(&m, other);
  end(&m, data);
  end(&m, info);
  ask(socket, &m);
}

/* ---- one container ---- */

static void make_root(int number) {
  char options[256], place[96];
  snprintf(place, sizeof place, "%s/c", base);
  snprintf(options, sizeof options, "lowerdir=%s/root,upperdir=%s/u%d,workdir=%s/w%d", base, base, number, base,
           number);
  must(mount("overlay", place, "overlay", 0, options) == 0, "overlay");
  must(chdir(place) == 0 && syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  must(umount2(".", MNT_DETACH) == 0 && chdir("/") == 0, "umount");
}

static void fill_root(void) {
  static const struct {
    const char *path;
    unsigned major, minor;
  } NODES[] = {{"/dev/null", 1, 3},   {"/dev/zero", 1, 5},    {"/dev/full", 1, 7},
               {"/dev/random", 1, 8}, {"/dev/urandom", 1, 9}, {"/dev/tty", 5, 0}};
  unsigned long none = MS_NOSUID | MS_NOEXEC | MS_NODEV;
  must(mount("proc", "/proc", "proc", none, NULL) == 0, "proc");
  must(mount("sysfs", "/sys", "sysfs", none | MS_RDONLY, NULL) == 0, "sysfs");
  must(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=755") == 0, "dev");
  must(mkdir("/dev/pts", 0755) == 0 && mkdir("/dev/shm", 01777) == 0 && mkdir("/dev/mqueue", 01777) == 0, "mkdir");
  must(mount("devpts", "/dev/pts", "devpts", MS_NOSUID, "newinstance,ptmxmode=0666") == 0, "devpts");
  must(mount("shm", "/dev/shm", "tmpfs", none, "mode=1777,size=64m") == 0, "shm");
  must(mount("mqueue", "/dev/mqueue", "mqueue", none, NULL) == 0, "mqueue");
  for (size_t i = 0; i < sizeof NODES / sizeof *NODES; i++)
    must(mknod(NODES[i].path, S_IFCHR | 0666, makedev(NODES[i].major, NODES[i].minor)) == 0, "mknod");
}

_Noreturn static void become_container(int number, int go, int ready) {
  char *const argv[] = {"sleep", "1000", NULL}, *const environment[] = {"PATH=/bin", NULL};
  char byte;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  must(read(go, &byte, 1) >= 0, "read");
  must(fcntl(ready, F_SETFD, FD_CLOEXEC) == 0 && sethostname("floor", 5) == 0, "sethostname");
  make_root(number);
  fill_root();
  execve("/bin/busybox", argv, environment);
  must(0, "exec");
  _exit(1);
}

static pid_t start(int number, int socket, unsigned bridge) {
  int go[2], ready[2];
  char byte;
  struct clone_args arguments = {.flags = CLONE_FLAGS, .exit_signal = SIGCHLD};
  must(pipe2(go, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipe");
  pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  must(pid >= 0, "clone3");
  if (pid == 0) {
    close(go[1]);
    become_container(number, go[0], ready[1]);
  }
  close(go[0]);
  close(ready[1]);
  if (socket >= 0) make_veth(socket, bridge, number, pid);
  close(go[1]);
  must(read(ready[0], &byte, 1) == 0, "read");
  close(ready[0]);
  return pid;
}

/* ---- all of them ---- */

static void copy_busybox(const char *from) {
  static const char *const FOLDERS[] = {"root", "root/bin", "root/proc", "root/sys", "root/dev", "c"};
  static char bytes[1 << 16];
  char path[96];
  for (size_t i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++) {
    snprintf(path, sizeof path, "%s/%s", base, FOLDERS[i]);
    must(mkdir(path, 0755) == 0, path);
  }
  snprintf(path, sizeof path, "%s/root/bin/busybox", base);
  int in = open(from, O_RDONLY | O_CLOEXEC), out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
  must(in >= 0 && out >= 0, from);
  for (ssize_t count; (count = read(in, bytes, sizeof bytes)) > 0;)
    must(write(out, bytes, (size_t)count) == count, path);
  close(in);
  close(out);
}

/* A tmpfs in a mount namespace of our own: it goes with us. */
static void make_place(int count, const char *busybox) {
  char path[96];
  must(unshare(CLONE_NEWNS | CLONE_NEWNET) == 0, "unshare");
  must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "private");
  must(mkdtemp(base) != NULL && mount("tmpfs", base, "tmpfs", 0, NULL) == 0, "tmpfs");
  copy_busybox(busybox);
  for (int i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/u%d", base, i);
    must(mkdir(path, 0755) == 0, path);
    snprintf(path, sizeof path, "%s/w%d", base, i);
    must(mkdir(path, 0755) == 0, path);
  }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  static pid_t pids[MAX];
  static double times[MAX];
  int count = argc > 1 ? atoi(argv[1]) : 50, network = 1;
  const char *busybox = "/bin/busybox";
  for (int i = 2; i < argc; i++) {
    if (!strcmp(argv[i], "--no-network"))
      network = 0;
    else
      busybox = argv[i];
  }
  must(count > 0 && count <= MAX, "1 to 4096 containers");
  make_place(count, busybox);
  int socket_ = network ? socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE) : -1;
  unsigned bridge = network ? make_bridge(socket_) : 0;
  double begin = now_ms();
  for (int i = 0; i < count; i++) {
    double before = now_ms();
    pids[i] = start(i, socket_, bridge);
    times[i] = now_ms() - before;
  }
  double up = now_ms() - begin;
  begin = now_ms();
  for (int i = 0; i < count; i++) kill(pids[i], SIGKILL);
  for (int i = 0; i < count; i++) waitpid(pids[i], NULL, 0);
  double down = now_ms() - begin;
  qsort(times, (size_t)count, sizeof *times, by_value);
  printf("%d containers%s: start %.2f ms each (median %.2f, slowest %.2f), end %.2f ms each\n", count,
         network ? " with a veth pair on a bridge" : " without a network", up / count, times[count / 2],
         times[count - 1], down / count);
  must(umount2(base, MNT_DETACH) == 0 && rmdir(base) == 0, base);
  return 0;
}
