package io.jcompose.plan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A plan as plain maps and lists, in the order in which people want to read it. */
final class PlanData {
  private PlanData() {}

  static Map<String, Object> of(Plan plan) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("steps", plan.steps().stream().map(PlanData::step).toList());
    data.put("kept", plan.kept().stream().map(ContainerRef::name).toList());
    data.put("questions", plan.questions().stream().map(PlanData::question).toList());
    data.put("notices", plan.notices().stream().map(PlanData::notice).toList());
    return data;
  }

  private static Map<String, Object> step(Step step) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("id", step.id());
    data.put("action", step.action().verb());
    data.put("kind", step.action().kind());
    data.put("subject", step.action().subject());
    data.put("after", step.after());
    data.put("cause", step.cause().words());
    data.put("changes", changes(step.cause().changes()));
    return data;
  }

  private static Map<String, Object> question(Question question) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("volume", question.name());
    data.put("text", question.text());
    data.put("changes", changes(question.changes()));
    data.put("containers", question.containers());
    return data;
  }

  private static Map<String, Object> notice(Notice notice) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("kind", notice.kind().name().toLowerCase(Locale.ROOT));
    data.put("text", notice.text());
    return data;
  }

  private static List<Map<String, String>> changes(List<Change> changes) {
    return changes.stream()
        .map(
            change -> {
              Map<String, String> data = new LinkedHashMap<>();
              data.put("key", change.key());
              data.put("before", change.before());
              data.put("after", change.after());
              return data;
            })
        .toList();
  }
}
