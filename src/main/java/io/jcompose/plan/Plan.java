package io.jcompose.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

  /** This plan and then, when all of it is done, another: what a dry run of both phases shows. */
  public Plan followedBy(Plan next) {
    int last = steps.size();
    List<Integer> all = steps.stream().map(Step::id).toList();
    List<Step> both = new ArrayList<>(steps);
    for (Step step : next.steps) {
      List<Integer> after =
          step.after().isEmpty() ? all : step.after().stream().map(id -> id + last).toList();
      both.add(new Step(step.id() + last, step.action(), step.cause(), after));
    }
    return new Plan(
        both, keepGoing, joined(kept, next.kept), joined(notices, next.notices),
        joined(questions, next.questions));
  }

  private static <T> List<T> joined(List<T> one, List<T> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  /** The plan as maps, lists, strings and numbers, for whoever writes it as JSON. */
  public Map<String, Object> data() {
    return PlanData.of(this);
  }

  /** What a dry run shows: the plan as a person reads it, which says so when there is nothing to do. */
  public String summary() {
    return isEmpty() ? "nothing to do\n" + this : toString();
  }

  /** The plan as a person reads it; ends with a line break unless it is empty. */
  @Override
  public String toString() {
    return PlanText.of(this);
  }
}
