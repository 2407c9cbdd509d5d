package io.jcompose.container;

import java.util.List;

/**
 * Who a process runs as, resolved against the image's files.
 *
 * @param groups all supplementary groups, the primary one included
 * @param home the home directory in the image's passwd; / without one
 */
public record User(int uid, int gid, List<Integer> groups, String home) {
  public static final User ROOT = new User(0, 0, List.of(0), "/root");

  public User {
    groups = List.copyOf(groups);
  }
}
