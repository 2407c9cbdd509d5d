package io.jcompose.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "completion",
    description = "Prints what makes a shell complete commands, options and services.",
    footer = {
      "%nIn ~/.bashrc:                    source <(jcompose completion bash)",
      "In ~/.zshrc, after compinit:     source <(jcompose completion zsh)",
      "In ~/.config/fish/config.fish:   jcompose completion fish | source"
    },
    sortOptions = false)
final class CompletionCommand implements Callable<Integer> {
  private static final String BASH =
      """
      _jcompose() {
        local IFS=$'\\n'
        COMPREPLY=($(command jcompose complete-words -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
      }
      complete -o default -F _jcompose jcompose docker-compose
      """;
  private static final String ZSH =
      """
      _jcompose() {
        local -a candidates
        candidates=("${(@f)$(command jcompose complete-words -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
        candidates=(${candidates:#})
        (( ${#candidates} )) && compadd -a candidates || _files
      }
      compdef _jcompose jcompose docker-compose
      """;
  private static final String FISH =
      """
      function __jcompose
        set -l before (commandline -opc)
        set -e before[1]
        command jcompose complete-words -- $before (commandline -ct) 2>/dev/null
      end
      complete -c jcompose -a '(__jcompose)'
      complete -c docker-compose -a '(__jcompose)'
      """;
  private final CommandContext context;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
  String shell;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  CompletionCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Choice.check(spec, "completion", shell, List.of("bash", "zsh", "fish"));
    context.out().print(shell.equals("bash") ? BASH : shell.equals("zsh") ? ZSH : FISH);
    return 0;
  }
}
