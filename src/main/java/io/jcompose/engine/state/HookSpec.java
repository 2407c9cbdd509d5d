package io.jcompose.engine.state;

import io.jcompose.compose.model.Hook;
import java.util.ArrayList;
import java.util.List;

/**
 * A command that runs in a container beside its process.
 *
 * @param user empty: the container's
 * @param directory empty: the container's
 * @param environment {@code NAME=value} over the container's own
 */
public record HookSpec(
    List<String> command, String user, boolean privileged, String directory, List<String> environment) {
  public HookSpec {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
  }

  public static HookSpec of(Hook hook) {
    List<String> variables = new ArrayList<>();
    hook.environment().forEach((name, value) -> value.ifPresent(v -> variables.add(name + "=" + v)));
    return new HookSpec(
        hook.command(), hook.user().orElse(""), hook.privileged(), hook.workingDir().orElse(""), variables);
  }
}
