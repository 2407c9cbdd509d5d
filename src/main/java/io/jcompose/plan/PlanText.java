package io.jcompose.plan;

import java.util.stream.Collectors;

/** A plan as text: one line for each step, then the settings that changed. */
final class PlanText {
  private PlanText() {}

  static String of(Plan plan) {
    StringBuilder text = new StringBuilder();
    int width = Integer.toString(plan.steps().size()).length();
    for (Step step : plan.steps()) {
      Action action = step.action();
      text.append(" ".repeat(width - Integer.toString(step.id()).length()))
          .append(step.id())
          .append(". ")
          .append(action.verb())
          .append(' ')
          .append(action.kind())
          .append(' ')
          .append(action.subject());
      if (!step.after().isEmpty()) {
        text.append(
            step.after().stream()
                .map(Object::toString)
                .collect(Collectors.joining(", ", " (after ", ")")));
      }
      text.append(": ").append(step.cause().words()).append('\n');
      for (Change change : step.cause().changes()) {
        text.append(" ".repeat(width + 4)).append(change).append('\n');
      }
    }
    for (Question question : plan.questions()) {
      text.append("? ").append(question.text()).append('\n');
      for (Change change : question.changes()) {
        text.append(" ".repeat(width + 4)).append(change).append('\n');
      }
    }
    for (Notice notice : plan.notices()) {
      text.append("! ").append(notice.text()).append('\n');
    }
    return text.toString();
  }
}
