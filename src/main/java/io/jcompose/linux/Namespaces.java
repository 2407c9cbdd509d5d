package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Namespaces: made and entered only on platform threads that do nothing else. A thread that is started
 * by such a thread inherits its namespaces, and so may a carrier of virtual threads (waking a virtual thread
 * can start one): hence each goes back home before it hands over its result, and {@code work} must
 * neither start threads or processes nor wake anybody.
 */
public final class Namespaces {
  public static final int CLONE_NEWNS = 0x00020000;
  public static final int CLONE_NEWCGROUP = 0x02000000;
  public static final int CLONE_NEWUTS = 0x04000000;
  public static final int CLONE_NEWIPC = 0x08000000;
  public static final int CLONE_NEWUSER = 0x10000000;
  public static final int CLONE_NEWPID = 0x20000000;
  public static final int CLONE_NEWNET = 0x40000000;
  private static final int CLONE_FS = 0x00000200;

  /** They stay for a while: a start needs several, one after the other. */
  private static final ExecutorService THREADS =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          5,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("namespace").daemon().stackSize(256 * 1024).factory());

  /** Why the thread could not go home. */
  private static final ThreadLocal<LinuxException> LOST = new ThreadLocal<>();

  private Namespaces() {}

  /** Runs {@code work} on a thread that may change its namespaces, if it comes home afterwards. */
  private static <T> T onThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    THREADS.execute(
        () -> {
          task.run();
          while (LOST.get() != null) {
            LockSupport.park(); // whoever got this thread would be in the wrong place
          }
        });
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof RuntimeException cause) {
            throw cause;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Runs {@code work} in a fresh mount namespace whose mounts are private. */
  public static <T> T inNewMountNamespace(Callable<T> work) {
    return onThread(
        () -> {
          try (Fd home = home("mnt")) {
            check(C.unshare(CLONE_FS | CLONE_NEWNS), "unshare", "CLONE_NEWNS");
            try {
              Mounts.makePrivate("/");
              return work.call();
            } finally {
              goHome(home, CLONE_NEWNS);
            }
          }
        });
  }

  /** The mount namespace of the calling thread; the descriptor keeps it alive, and with it what is mounted in it. */
  public static Fd mountNamespace() {
    return Fs.open("/proc/thread-self/ns/mnt", Fs.O_RDONLY, 0);
  }

  /** Runs {@code work} inside the mount namespace {@code namespace}, with its root as the current directory. */
  public static <T> T inMountNamespace(Fd namespace, Callable<T> work) {
    return onThread(
        () -> {
          try (Fd home = home("mnt")) {
            check(C.unshare(CLONE_FS), "unshare", "CLONE_FS");
            check(C.setns(namespace.number(), CLONE_NEWNS), "setns", "mount namespace");
            try {
              return work.call();
            } finally {
              goHome(home, CLONE_NEWNS);
            }
          }
        });
  }

  /** chdir(2) of the calling thread; only inside {@link #inNewMountNamespace}, where no other thread shares it. */
  public static void changeDirectory(String path) {
    check(C.chdir(Fs.z(path)), "chdir", path);
  }

  /** Makes a network namespace; the descriptor keeps it alive. */
  public static Fd newNetwork() {
    return onThread(
        () -> {
          try (Fd home = home("net")) {
            check(C.unshare(CLONE_NEWNET), "unshare", "CLONE_NEWNET");
            try {
              return networkOfThread();
            } finally {
              goHome(home, CLONE_NEWNET);
            }
          }
        });
  }

  /** Runs {@code work} inside the network namespace {@code network}. */
  public static <T> T inNetwork(Fd network, Callable<T> work) {
    return onThread(
        () -> {
          try (Fd home = home("net")) {
            check(C.setns(network.number(), CLONE_NEWNET), "setns", "network");
            try {
              return work.call();
            } finally {
              goHome(home, CLONE_NEWNET);
            }
          }
        });
  }

  private static Fd networkOfThread() {
    return Fs.open("/proc/thread-self/ns/net", Fs.O_RDONLY, 0);
  }

  /**
   * The process's own namespace, that of its first thread: the calling one may have been started by a thread that was
   * elsewhere, and must not keep that place alive.
   */
  private static Fd home(String kind) {
    return Fs.open("/proc/self/ns/" + kind, Fs.O_RDONLY, 0);
  }

  private static void goHome(Fd home, int kind) {
    try {
      check(C.setns(home.number(), kind), "setns", "back home");
    } catch (LinuxException e) {
      LOST.set(e);
      throw e;
    }
  }
}
