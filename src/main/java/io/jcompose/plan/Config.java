package io.jcompose.plan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings that a container, network or volume is made from, flat: path in the Compose file →
 * value. It is stored with what was made, whole and not only as a hash: a difference is what asks for
 * it to be made anew, and this way a plan can name the key, the old value and the new one.
 *
 * @param keys every setting that is not at its default
 */
public record Config(SortedMap<String, String> keys) {

  /** Nothing was recorded. */
  public static final Config NONE = new Config(new TreeMap<>());

  public Config {
    keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
  }

  /** Whether anything was recorded. */
  public boolean recorded() {
    return !keys.isEmpty();
  }

  /** What differs between this, which is in force, and what is wanted; sorted by key. */
  public List<Change> changesTo(Config wanted) {
    TreeSet<String> all = new TreeSet<>(keys.keySet());
    all.addAll(wanted.keys.keySet());
    List<Change> changes = new ArrayList<>();
    for (String key : all) {
      String before = keys.getOrDefault(key, "");
      String after = wanted.keys.getOrDefault(key, "");
      if (!before.equals(after)) {
        changes.add(
            new Change(key, Secrecy.printable(key, before), Secrecy.printable(key, after)));
      }
    }
    return changes;
  }
}
