package io.jcompose.linux;

import static io.jcompose.linux.LibC.C;
import static io.jcompose.linux.LibC.check;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Namespaces: made and entered only on a platform thread that ends afterwards. A thread that is started
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

  private Namespaces() {}

  /** Runs {@code work} on a throw-away platform thread, whose namespaces nobody inherits. */
  private static <T> T onThrowAwayThread(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofPlatform().name("namespace").daemon().stackSize(256 * 1024).start(task);
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
    return onThrowAwayThread(
        () -> {
          try (Fd home = mountNamespace()) {
            check(C.unshare(CLONE_FS | CLONE_NEWNS), "unshare", "CLONE_NEWNS");
            try {
              Mounts.makePrivate("/");
              return work.call();
            } finally {
              check(C.setns(home.number(), CLONE_NEWNS), "setns", "back to the mount namespace");
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
    return onThrowAwayThread(
        () -> {
          try (Fd home = mountNamespace()) {
            check(C.unshare(CLONE_FS), "unshare", "CLONE_FS");
            check(C.setns(namespace.number(), CLONE_NEWNS), "setns", "mount namespace");
            try {
              return work.call();
            } finally {
              check(C.setns(home.number(), CLONE_NEWNS), "setns", "back to the mount namespace");
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
    return onThrowAwayThread(
        () -> {
          try (Fd home = networkOfThread()) {
            check(C.unshare(CLONE_NEWNET), "unshare", "CLONE_NEWNET");
            try {
              return networkOfThread();
            } finally {
              goHome(home);
            }
          }
        });
  }

  /** Runs {@code work} inside the network namespace {@code network}. */
  public static <T> T inNetwork(Fd network, Callable<T> work) {
    return onThrowAwayThread(
        () -> {
          try (Fd home = networkOfThread()) {
            check(C.setns(network.number(), CLONE_NEWNET), "setns", "network");
            try {
              return work.call();
            } finally {
              goHome(home);
            }
          }
        });
  }

  private static Fd networkOfThread() {
    return Fs.open("/proc/thread-self/ns/net", Fs.O_RDONLY, 0);
  }

  private static void goHome(Fd home) {
    check(C.setns(home.number(), CLONE_NEWNET), "setns", "back to the network namespace");
  }
}
