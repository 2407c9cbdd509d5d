package io.jcompose.container.cgroup;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where containers have their groups, the same in each hierarchy: in {@code <ours>/c/<id>}, or in
 * {@code <parent>/jcompose-<mark>-<id>} below a group of the user's. Paths are relative to a hierarchy's root. A parent
 * that was not there before is made with the sticky bit, which means nothing to the kernel here: by it any engine knows
 * that it goes with the last group below it.
 */
final class GroupPlaces {
  private static final String CONTAINERS = "c";
  private final Path ours;
  private final Map<String, Path> parents = new ConcurrentHashMap<>();

  GroupPlaces(Path ours) {
    this.ours = ours;
  }

  /** The folder of those that have no parent of their own. */
  Path containers() {
    return ours.resolve(CONTAINERS);
  }

  Path of(String id) {
    Path parent = parents.get(id);
    return parent == null ? containers().resolve(id) : parent.resolve(ours.getFileName() + "-" + id);
  }

  /** As {@link Cgroups#place}. */
  void put(String id, String parent) {
    Path below = Path.of(parent.replaceFirst("^/+", "")).normalize();
    if (below.toString().isEmpty()) {
      parents.remove(id);
    } else if (below.startsWith("..") || below.startsWith(ours)) {
      throw new CgroupException("\"" + parent + "\" cannot be the parent of a control group");
    } else {
      parents.put(id, below);
    }
  }

  /** Makes the folder of {@code id} in the hierarchy at {@code mount}. */
  synchronized CgroupFolder make(Path mount, String id) {
    CgroupFolder folder = new CgroupFolder(mount.resolve(of(id)));
    if (parents.containsKey(id)) {
      folder.parent().makeOurs();
    }
    folder.make();
    return folder;
  }

  /** Removes a group, and the parents that were made for it and are empty now. */
  synchronized void remove(CgroupFolder folder) {
    folder.remove();
    for (CgroupFolder at = folder.parent(); at.isOurs(); at = at.parent()) {
      if (!at.removeIfUnused()) {
        return;
      }
    }
  }
}
