package io.jcompose.plan;

import java.util.List;

/**
 * Steps, in an order in which they could be done one by one; each says which others it really has
 * to wait for. The same input always gives the same plan.
 *
 * @param steps the steps, ids ascending from 1
 * @param keepGoing whether a step is done even if one that it comes after has failed: taking down
 *     never stops at the first failure
 * @param kept containers that were looked at and stay as they are
 * @param notices what the user should know
 * @param questions what has to be agreed to before it is done
 */
public record Plan(
    List<Step> steps,
    boolean keepGoing,
    List<ContainerRef> kept,
    List<Notice> notices,
    List<Question> questions) {

  public Plan {
    steps = List.copyOf(steps);
    kept = List.copyOf(kept);
    notices = List.copyOf(notices);
    questions = List.copyOf(questions);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return steps.isEmpty();
  }

  /** The plan as a person reads it; ends with a line break unless it is empty. */
  @Override
  public String toString() {
    return PlanText.of(this);
  }
}
