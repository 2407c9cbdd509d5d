package io.jcompose.cli;

import io.jcompose.engine.Logins;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "logout", description = "Forgets the login to a registry.")
final class LogoutCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "0..1", paramLabel = "REGISTRY", description = "Default: Docker Hub")
  String server = "";

  LogoutCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    String registry = Logins.registry(server);
    boolean known = new Logins(context.invocation().environment()).logout(registry);
    context.out().println(known ? "Removing login credentials for " + registry : "Not logged in to " + registry);
    return 0;
  }
}
