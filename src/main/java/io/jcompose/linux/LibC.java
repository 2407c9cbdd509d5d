package io.jcompose.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/**
 * The C library's functions that jcompose calls. Every method returns what the function returns; callers
 * go through {@link #check} so that errno is read at once, before the thread makes another call. Public only
 * because the class that jnr-ffi generates lives in another package: nothing outside this one uses it.
 */
public interface LibC {
  LibC C =
      LibraryLoader.create(LibC.class).option(LibraryOption.SaveError, true).load("c");
  Runtime RUNTIME = Runtime.getRuntime(C);

  static int errno() {
    return RUNTIME.getLastError();
  }

  /** Returns {@code result}, or throws when it is negative. */
  static int check(int result, String call, Object argument) {
    if (result < 0) {
      throw new LinuxException(errno(), call, String.valueOf(argument));
    }
    return result;
  }

  /** Returns {@code result}, or throws when it is negative. */
  static long check(long result, String call, Object argument) {
    if (result < 0) {
      throw new LinuxException(errno(), call, String.valueOf(argument));
    }
    return result;
  }

  int close(int fd);

  int dup3(int from, int to, int flags);

  int fcntl(int fd, int command, long argument);

  int pipe2(@Out int[] fds, int flags);

  long read(int fd, @Out byte[] buffer, long count);

  long read(int fd, Pointer buffer, long count);

  long write(int fd, @In byte[] buffer, long count);

  long write(int fd, Pointer buffer, long count);

  long pread(int fd, @Out byte[] buffer, long count, long offset);

  long sendfile(int to, int from, Pointer offset, long count);

  int madvise(long address, long length, int advice);

  int fsync(int fd);

  int syncfs(int fd);

  long lseek(int fd, long offset, int whence);

  long copy_file_range(int from, @In long[] fromOffset, int to, @In long[] toOffset, long length, int flags);

  int ftruncate(int fd, long length);

  int flock(int fd, int operation);

  int mkdirat(int dir, @In byte[] path, int mode);

  int mknodat(int dir, @In byte[] path, int mode, long device);

  int symlinkat(@In byte[] target, int dir, @In byte[] path);

  int linkat(int fromDir, @In byte[] from, int toDir, @In byte[] to, int flags);

  int unlinkat(int dir, @In byte[] path, int flags);

  int renameat2(int fromDir, @In byte[] from, int toDir, @In byte[] to, int flags);

  int fchownat(int dir, @In byte[] path, int uid, int gid, int flags);

  int fchown(int fd, int uid, int gid);

  int fchmod(int fd, int mode);

  int fchmodat(int dir, @In byte[] path, int mode, int flags);

  long readlinkat(int dir, @In byte[] path, @Out byte[] buffer, long size);

  int utimensat(int dir, @In byte[] path, @In long[] times, int flags);

  int fsetxattr(int fd, @In byte[] name, @In byte[] value, long size, int flags);

  int fremovexattr(int fd, @In byte[] name);

  long fgetxattr(int fd, @In byte[] name, @Out byte[] value, long size);

  long flistxattr(int fd, @Out byte[] list, long size);

  int lsetxattr(@In byte[] path, @In byte[] name, @In byte[] value, long size, int flags);

  long lgetxattr(@In byte[] path, @In byte[] name, @Out byte[] value, long size);

  long llistxattr(@In byte[] path, @Out byte[] list, long size);

  int mount(@In byte[] source, @In byte[] target, @In byte[] type, long flags, @In byte[] data);

  int pivot_root(@In byte[] root, @In byte[] old);

  int umount2(@In byte[] target, int flags);

  int unshare(int flags);

  int setns(int fd, int type);

  int chdir(@In byte[] path);

  int fchdir(int fd);

  int kill(int pid, int signal);

  int getpid();

  int getppid();

  int geteuid();

  int prctl(int option, long a, long b, long c, long d);

  int socket(int domain, int type, int protocol);

  int socketpair(int domain, int type, int protocol, @Out int[] fds);

  int bind(int fd, @In byte[] address, int length);

  int connect(int fd, @In byte[] address, int length);

  int listen(int fd, int backlog);

  int accept4(int fd, @Out byte[] address, @Out int[] length, int flags);

  int getsockopt(int fd, int level, int option, @Out byte[] value, int[] length);

  int setsockopt(int fd, int level, int option, @In byte[] value, int length);

  int getsockname(int fd, @Out byte[] address, int[] length);

  int shutdown(int fd, int how);

  long send(int fd, @In byte[] data, long length, int flags);

  long recv(int fd, @Out byte[] data, long length, int flags);

  long sendto(
      int fd, @In byte[] data, long length, int flags, @In byte[] address, int addressLength);

  int sendmmsg(int fd, Pointer messages, int count, int flags);

  int recvmmsg(int fd, Pointer messages, int count, int flags, Pointer timeout);

  long sendmsg(int fd, Pointer message, int flags);

  long recvmsg(int fd, Pointer message, int flags);

  int epoll_create1(int flags);

  int epoll_ctl(int epoll, int operation, int fd, @In byte[] event);

  int epoll_wait(int epoll, @Out byte[] events, int max, int timeout);

  int epoll_wait(int epoll, Pointer events, int max, int timeout);

  int eventfd(int initial, int flags);

  int poll(byte[] entries, long count, int timeout);

  int inotify_init1(int flags);

  int inotify_add_watch(int fd, @In byte[] path, int mask);

  int inotify_rm_watch(int fd, int watch);

  int ioctl(int fd, long request, long argument);

  int ioctl(int fd, long request, byte[] argument);

  int getrlimit(int resource, @Out long[] limit);

  int setrlimit(int resource, @In long[] limit);

  int memfd_create(@In byte[] name, int flags);

  int statfs(@In byte[] path, @Out byte[] buffer);

  int fstatfs(int fd, @Out byte[] buffer);

  int statx(int dir, @In byte[] path, int flags, int mask, @Out byte[] result);

  long getdents64(int fd, @Out byte[] buffer, long count);

  long syscall(long number, long a, long b, long c, long d, long e);

  long syscall(long number, long a, @In byte[] b, long c, long d, long e);

  long syscall(long number, long a, @In byte[] b, @In byte[] c, long d, long e);

  long syscall(long number, long a, @In byte[] b, long c, @In byte[] d, long e);
}
