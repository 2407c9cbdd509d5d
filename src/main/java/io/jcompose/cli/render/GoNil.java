package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.node.NullNode;

/** A nil of Go's that knows its type: null as JSON, but printed, counted and indexed as what it is. */
public final class GoNil extends NullNode {
  public static final GoNil LIST = new GoNil("[]", true);
  public static final GoNil MAP = new GoNil("map[]", true);
  public static final GoNil POINTER = new GoNil("<nil>", false);

  private static final long serialVersionUID = 1;
  private final String printed;
  private final boolean collection;

  private GoNil(String printed, boolean collection) {
    this.printed = printed;
    this.collection = collection;
  }

  String printed() {
    return printed;
  }

  boolean isCollection() {
    return collection;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NullNode;
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
