package io.jcompose.compose.yaml;

import java.util.List;

/**
 * A value of a YAML tree, with its place. Trees are changed while a project is loaded and belong to
 * the one loader that made them.
 */
public abstract sealed class Node permits MapNode, ListNode, Scalar {

  /** What a tag asks the merge of files to do. */
  public enum MergeTag {
    NONE,
    RESET,
    OVERRIDE
  }

  private final Place place;
  private MergeTag mergeTag = MergeTag.NONE;

  Node(Place place) {
    this.place = place;
  }

  public final Place place() {
    return place;
  }

  public final MergeTag mergeTag() {
    return mergeTag;
  }

  final void mergeTag(MergeTag tag) {
    mergeTag = tag;
  }

  /** A copy that shares nothing that can change. */
  public final Node copy() {
    return copy(List.of());
  }

  /** A copy that came by one step more. */
  public final Node copy(Via step) {
    return copy(List.of(step));
  }

  final Node copy(List<Via> steps) {
    Node copy = copyValue(steps);
    copy.mergeTag = mergeTag;
    return copy;
  }

  abstract Node copyValue(List<Via> steps);

  static Place moved(Place place, List<Via> steps) {
    return steps.isEmpty() ? place : place.through(steps);
  }

  /** Whether it is written as null, or as nothing. */
  public boolean isNull() {
    return false;
  }

  /** How many values it holds, itself included. */
  public abstract int size();

  /** What it is, for an error message. */
  public abstract String kind();
}
