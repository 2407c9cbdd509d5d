package io.jcompose.engine.state;

import java.util.List;

/**
 * What else happens around a container's life.
 *
 * @param removedAtEnd it goes by itself when it has ended for good, with its anonymous volumes
 * @param inputOnce its standard input ends with that of the first caller who is joined to it; otherwise it stays open for
 *     the next one
 * @param postStart commands that run in it after it was started by a verb
 * @param preStop commands that run in it before it is stopped by a verb
 */
public record Lifetime(
    boolean removedAtEnd, boolean inputOnce, List<HookSpec> postStart, List<HookSpec> preStop) {
  public static final Lifetime PLAIN = new Lifetime(false, false, List.of(), List.of());

  public Lifetime {
    postStart = postStart == null ? List.of() : List.copyOf(postStart);
    preStop = preStop == null ? List.of() : List.copyOf(preStop);
  }

  public Lifetime withRemovedAtEnd(boolean removed) {
    return new Lifetime(removed, inputOnce, postStart, preStop);
  }

  public Lifetime withInputOnce(boolean once) {
    return new Lifetime(removedAtEnd, once, postStart, preStop);
  }
}
