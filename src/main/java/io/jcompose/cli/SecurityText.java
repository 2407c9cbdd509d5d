package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.cli.render.Printable;
import io.jcompose.cli.render.Style;
import io.jcompose.compose.model.Project;
import io.jcompose.engine.Loosening;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which services of a project have more than the default rights on the host. */
final class SecurityText {
  private SecurityText() {}

  private static Map<String, List<Loosening>> of(Project project) {
    Map<String, List<Loosening>> all = new TreeMap<>();
    project.services().forEach((name, service) -> all.put(name, Loosening.of(service)));
    all.values().removeIf(List::isEmpty);
    return all;
  }

  static String text(Project project, Style style) {
    Map<String, List<Loosening>> all = of(project);
    if (all.isEmpty()) {
      return "Nothing loosens the default confinement.\n";
    }
    StringBuilder out = new StringBuilder();
    all.forEach(
        (name, loosened) -> {
          out.append(style.bold(name)).append('\n');
          loosened.forEach(one -> out.append("  ").append(Printable.line(one.toString())).append('\n'));
        });
    return out.toString();
  }

  static String json(Project project) {
    Map<String, List<String>> all = new TreeMap<>();
    of(project).forEach((name, loosened) -> all.put(name, loosened.stream().map(Loosening::toString).toList()));
    return new ObjectMapper().valueToTree(all).toPrettyString() + "\n";
  }

  /** One line about those whose containers could get hold of the host; empty: there are none. */
  static Optional<String> warning(Project project) {
    String services =
        of(project).entrySet().stream()
            .filter(entry -> entry.getValue().stream().anyMatch(Loosening::grave))
            .map(entry -> entry.getKey() + " (" + grave(entry.getValue()) + ")")
            .collect(Collectors.joining(", "));
    return services.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Printable.line(
                "these can get hold of the host: " + services + "; \"jcompose config --security\" says how"));
  }

  private static String grave(List<Loosening> loosened) {
    return loosened.stream().filter(Loosening::grave).map(Loosening::setting).collect(Collectors.joining(", "));
  }
}
