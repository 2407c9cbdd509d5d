package io.jcompose.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.jcompose.cli.render.ListFormat;
import io.jcompose.engine.FieldList;
import io.jcompose.engine.ImageBuildRequest;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code --call METHOD[,format=json][,ignorestatus]}: what is asked of a Dockerfile.
 *
 * @param method build, check, outline or targets
 */
record BuildCall(String method, boolean json, boolean ignoresStatus) {
  private static final List<String> METHODS = List.of("build", "check", "outline", "targets");

  /**
   * @param spec of the command, for a usage error
   */
  static BuildCall parse(CommandSpec spec, String text) {
    String method = "build";
    boolean json = false;
    boolean ignoresStatus = false;
    for (Map.Entry<String, String> field : FieldList.parse(text).entrySet()) {
      String value = field.getValue();
      switch (field.getKey()) {
        case "format" -> {
          Choice.check(spec, "--call …,format", value, List.of("text", "json"));
          json = value.equals("json");
        }
        case "ignorestatus" -> ignoresStatus = value.isEmpty() || value.equals("true");
        default -> method = field.getKey().equals("lint") ? "check" : field.getKey();
      }
    }
    Choice.check(spec, "--call", method, METHODS);
    return new BuildCall(method, json, ignoresStatus);
  }

  boolean builds() {
    return method.equals("build");
  }

  /** Asks, prints the answer and returns the exit code. */
  int run(CommandContext context, ImageBuildRequest request) {
    var builds = context.engine().builds();
    var environment = context.invocation().environment();
    var cancellation = context.invocation().cancellation();
    JsonNode answer =
        switch (method) {
          case "outline" -> builds.outline(request, environment, cancellation);
          case "targets" -> builds.targets(request, environment, cancellation);
          default -> builds.check(request, environment, cancellation);
        };
    context.out().print(json ? ListFormat.indented(answer, 2) + "\n" : text(answer));
    return ignoresStatus || answer.path("warnings").isEmpty() ? 0 : 1;
  }

  private String text(JsonNode answer) {
    return switch (method) {
      case "outline" -> OutlineText.of(answer);
      case "targets" -> TargetsText.of(answer);
      default -> LintText.of(answer);
    };
  }
}
