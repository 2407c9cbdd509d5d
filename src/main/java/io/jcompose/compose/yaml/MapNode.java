package io.jcompose.compose.yaml;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mapping of texts to values, in the order written. Equal when its entries are, in any order. */
public final class MapNode extends Node {

  private final Map<String, Node> entries = new LinkedHashMap<>();
  private Map<String, Place> keyPlaces = Map.of();
  private Set<String> broken = Set.of();
  private boolean allBroken;

  public MapNode(Place place) {
    super(place);
  }

  /** The entries; they may be changed. */
  public Map<String, Node> entries() {
    return entries;
  }

  /** The value of a key, or null when there is none. */
  public Node get(String key) {
    return entries.get(key);
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The value of a key as a mapping, or null when it is something else. */
  public MapNode map(String key) {
    return entries.get(key) instanceof MapNode map ? map : null;
  }

  /** The value of a key as a list, or null when it is something else. */
  public ListNode list(String key) {
    return entries.get(key) instanceof ListNode list ? list : null;
  }

  /** The value of a key as text, or null when it is no scalar or null. */
  public String text(String key) {
    return entries.get(key) instanceof Scalar scalar && !scalar.isNull() ? scalar.text() : null;
  }

  /** Sets an entry whose key was written at this place. */
  public void put(String key, Place keyPlace, Node value) {
    entries.put(key, value);
    if (keyPlaces.isEmpty()) {
      keyPlaces = new HashMap<>();
    }
    keyPlaces.put(key, keyPlace);
  }

  /** Sets an entry; a new key counts as written where the value was. */
  public void put(String key, Node value) {
    entries.put(key, value);
  }

  /** Sets an entry to a value that no file has. */
  public void put(String key, Object value) {
    put(key, new Scalar(place().implied(), value));
  }

  public Node remove(String key) {
    return entries.remove(key);
  }

  /**
   * Takes out a key whose value can't be used and was reported: what is missing because of it is
   * no further error.
   */
  public void breakKey(String key) {
    entries.remove(key);
    if (broken.isEmpty()) {
      broken = new HashSet<>();
    }
    broken.add(key);
  }

  /** Any key may be missing, as a part of this mapping can't be read. */
  public void breakAll() {
    allBroken = true;
  }

  /** What is broken in another mapping is so in this one, which has its entries. */
  public void breakAs(MapNode other) {
    allBroken |= other.allBroken;
    if (!other.broken.isEmpty()) {
      broken = new HashSet<>(broken);
      broken.addAll(other.broken);
    }
  }

  /** Whether a key is missing that was written and can't be used. */
  public boolean isBroken() {
    return allBroken || !broken.isEmpty();
  }

  /** Whether this key may have been written and can't be used. */
  public boolean isBroken(String key) {
    return allBroken || broken.contains(key);
  }

  /** Where a key was written. */
  public Place keyPlace(String key) {
    Place place = keyPlaces.get(key);
    if (place != null) {
      return place;
    }
    Node value = entries.get(key);
    return value == null ? place() : value.place();
  }

  @Override
  Node copyValue(List<Via> steps) {
    MapNode copy = new MapNode(moved(place(), steps));
    copy.breakAs(this);
    entries.forEach((key, value) -> copy.entries.put(key, value.copy(steps)));
    if (!keyPlaces.isEmpty()) {
      copy.keyPlaces = new HashMap<>(keyPlaces);
      copy.keyPlaces.replaceAll((key, place) -> moved(place, steps));
    }
    return copy;
  }

  @Override
  public int size() {
    int sum = 1;
    for (Node value : entries.values()) {
      sum += value.size();
    }
    return sum;
  }

  @Override
  public String kind() {
    return "a mapping";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MapNode that && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return entries.toString();
  }
}
