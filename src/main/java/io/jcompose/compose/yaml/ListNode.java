package io.jcompose.compose.yaml;

import java.util.ArrayList;
import java.util.List;

/** A list. Two lists are equal when their items are. */
public final class ListNode extends Node {

  private final List<Node> items;

  public ListNode(Place place) {
    this(place, new ArrayList<>());
  }

  /** A list of these items, which it takes over. */
  public ListNode(Place place, List<Node> items) {
    super(place);
    this.items = items;
  }

  /** The items; they may be changed. */
  public List<Node> items() {
    return items;
  }

  @Override
  Node copyValue(List<Via> steps) {
    List<Node> copies = new ArrayList<>(items.size());
    items.forEach(item -> copies.add(item.copy(steps)));
    return new ListNode(moved(place(), steps), copies);
  }

  @Override
  public int size() {
    int sum = 1;
    for (Node item : items) {
      sum += item.size();
    }
    return sum;
  }

  @Override
  public String kind() {
    return "a list";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ListNode that && items.equals(that.items);
  }

  @Override
  public int hashCode() {
    return items.hashCode();
  }

  @Override
  public String toString() {
    return items.toString();
  }
}
