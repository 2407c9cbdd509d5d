package io.jcompose.cli;

import io.jcompose.engine.EngineException;
import io.jcompose.engine.Logins;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "login", description = "Logs in to a registry; the login is kept in ~/.docker/config.json.", sortOptions = false)
final class LoginCommand implements Callable<Integer> {
  private final CommandContext context;

  @Parameters(arity = "0..1", paramLabel = "REGISTRY", description = "Such as registry.example:5000. Default: Docker Hub")
  String server = "";

  @Option(names = {"-u", "--username"}, paramLabel = "USER", description = "The user's name")
  String user = "";

  @Option(names = {"-p", "--password"}, paramLabel = "PASSWORD", description = "The password or token; others on this machine can see it")
  String password = "";

  @Option(names = "--password-stdin", description = "Takes the password from standard input")
  boolean fromInput;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  LoginCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    if (fromInput && !password.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--password and --password-stdin are mutually exclusive");
    }
    if (fromInput && user.isEmpty()) {
      throw new CommandLine.ParameterException(spec.commandLine(), "must provide --username with --password-stdin");
    }
    String registry = Logins.registry(server);
    Logins logins = new Logins(context.invocation().environment());
    if (user.isEmpty() && password.isEmpty() && logins.check(registry)) {
      context.out().println("Authenticating with existing credentials...\nLogin Succeeded");
      return 0;
    }
    if (!password.isEmpty()) {
      context.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
    }
    String name = user.isEmpty() ? asked("Username: ", false) : user;
    String secret = fromInput ? StandardInput.text(context.invocation()).replaceFirst("\\r?\\n$", "") : password;
    if (secret.isEmpty()) {
      secret = fromInput ? "" : asked("Password: ", true);
    }
    if (name.isEmpty() || secret.isEmpty()) {
      throw new EngineException((name.isEmpty() ? "username" : "password") + " is empty");
    }
    Optional<Path> plain = logins.login(registry, name, secret);
    plain.ifPresent(
        file ->
            context.err().println(
                "\nWARNING! Your credentials are stored unencrypted in '" + file
                    + "'.\nA credential helper (\"credsStore\" in that file) keeps them elsewhere.\n"));
    context.out().println("Login Succeeded");
    return 0;
  }

  private String asked(String prompt, boolean secret) {
    if (!context.invocation().inputIsTerminal()) {
      throw new EngineException("cannot perform an interactive login from a non TTY device; use -u USER --password-stdin");
    }
    context.out().print(prompt);
    String answer =
        secret ? StandardInput.secret(context.invocation()) : StandardInput.line(context.invocation());
    if (secret) {
      context.out().println("");
    }
    return answer.strip();
  }
}
