package io.jcompose.plan;

import java.util.List;

/**
 * One operation of a plan, in its place.
 *
 * @param id its number in the plan, from 1
 * @param action what is done
 * @param cause why
 * @param after ids of the steps that have to be done first, ascending; all smaller than {@code id}
 */
public record Step(int id, Action action, Cause cause, List<Integer> after) {
  public Step {
    after = List.copyOf(after);
  }
}
