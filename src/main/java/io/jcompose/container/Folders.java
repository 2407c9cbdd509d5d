package io.jcompose.container;

import java.nio.file.Path;

/** Where a container keeps its things: {@code $JCOMPOSE_ROOT/containers/<id>}. */
record Folders(Path own) {
  static Folders of(Path containers, ContainerSpec spec) {
    return new Folders(containers.resolve(spec.id()));
  }

  Path etc() {
    return own.resolve("etc");
  }

  /**
   * Where the root is placed for a moment, in a mount namespace that ends with it: hence the same folder for all, {@code
   * $JCOMPOSE_ROOT/place}.
   */
  Path place() {
    return place(own.getParent());
  }

  static Path place(Path containers) {
    return containers.resolveSibling("place");
  }

  /** Holds upper and work. */
  Path writable(ContainerSpec spec) {
    return spec.root().hasOwnFolder() ? spec.root().writable() : own;
  }
}
