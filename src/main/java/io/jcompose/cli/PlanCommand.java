package io.jcompose.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jcompose.engine.UpPlan;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code up} with the same options would do: exit code 0 when that is nothing, else 2. */
@Command(
    name = "plan",
    description = {
      "Shows what up with the same options would do, and the settings that cause it.",
      "Exit code 0: nothing would change; 2: something would."
    },
    sortOptions = false)
final class PlanCommand extends UpCommand {
  private static final int CHANGES = 2;

  @Option(names = "--format", paramLabel = "FORMAT", description = "text or json. Default: text")
  String format = "text";

  PlanCommand(CommandContext context) {
    super(context);
  }

  @Override
  public Integer call() {
    Choice.check(spec, "--format", format, List.of("text", "json"));
    UpPlan plan = context.engine().projects().plan(request());
    if (format.equals("json")) {
      context.out().println(new ObjectMapper().valueToTree(plan.data()).toPrettyString());
    } else {
      context.out().print(plan.toString());
    }
    return plan.isEmpty() ? 0 : CHANGES;
  }
}
