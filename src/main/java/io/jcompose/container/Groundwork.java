package io.jcompose.container;

import io.jcompose.container.cgroup.Cgroups;
import io.jcompose.linux.Fd;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The part of a start that waits for nothing else, so that it can be made beside the network: the container's control
 * group, its root and who its process is. One start takes it over; one that none took is given back by {@link #close}.
 */
public final class Groundwork implements AutoCloseable {
  private final HostDevices.Found devices;
  private final Cgroups.Created cgroup;
  private final Fd root;
  private final User user;
  private final Runnable removal;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * @param removal takes the control group away
   */
  Groundwork(HostDevices.Found devices, Cgroups.Created cgroup, Fd root, User user, Runnable removal) {
    this.devices = devices;
    this.cgroup = cgroup;
    this.root = root;
    this.user = user;
    this.removal = removal;
  }

  HostDevices.Found devices() {
    return devices;
  }

  Cgroups.Created cgroup() {
    return cgroup;
  }

  User user() {
    return user;
  }

  /** The root, which is the caller's to close from now on, as is the control group to remove. */
  Fd take() {
    if (!over.compareAndSet(false, true)) {
      throw new IllegalStateException("a groundwork is for one start");
    }
    return root;
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      Teardown.all(root::close, removal);
    }
  }
}
