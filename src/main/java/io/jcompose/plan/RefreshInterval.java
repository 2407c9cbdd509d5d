package io.jcompose.plan;

import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How old an image may get under {@code pull_policy: daily}, {@code weekly} or {@code every_…}. */
final class RefreshInterval {
  private static final Pattern PART = Pattern.compile("(\\d+)([wdhms])");
  private static final Pattern EVERY = Pattern.compile("every_((?:\\d+[wdhms])+)");

  private RefreshInterval() {}

  static Duration of(Project project, Service service, String policy) {
    switch (policy) {
      case "daily":
        return Duration.ofDays(1);
      case "weekly":
        return Duration.ofDays(7);
      default:
        Matcher every = EVERY.matcher(policy);
        if (every.matches()) {
          return sum(every.group(1));
        }
        throw Wording.at(
            project,
            "services." + service.name() + ".pull_policy",
            "\""
                + policy
                + "\" is none of always, never, missing, build, daily, weekly, every_<duration>"
                + " (such as every_12h)");
    }
  }

  private static Duration sum(String parts) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(parts);
    while (part.find()) {
      long count = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "w" -> Duration.ofDays(7 * count);
                case "d" -> Duration.ofDays(count);
                case "h" -> Duration.ofHours(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofSeconds(count);
              });
    }
    return sum;
  }
}
