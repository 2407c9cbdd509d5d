package io.jcompose.build;

import java.util.List;

/** What the here-documents of a RUN make of its command. */
final class RunScript {
  private RunScript() {}

  /**
   * A sole here-document is the script itself: run by its own interpreter when it begins with
   * {@code #!}, else by the shell. Otherwise line and bodies go to the shell together, which reads
   * here-documents itself.
   */
  static Command command(RawInstruction raw, Command plain) {
    List<Heredoc> heredocs = raw.heredocs();
    if (heredocs.isEmpty() || !plain.shellForm()) {
      return plain;
    }
    Heredoc first = heredocs.getFirst();
    boolean sole = heredocs.size() == 1 && raw.rest().words().size() == 1;
    if (sole && first.content().startsWith("#!")) {
      return new Command(true, withInterpreter(first), List.of());
    }
    if (sole) {
      return new Command(true, first.content(), List.of());
    }
    StringBuilder script = new StringBuilder(plain.line());
    for (Heredoc heredoc : heredocs) {
      script.append('\n').append(heredoc.content()).append(heredoc.name());
    }
    return new Command(true, script.append('\n').toString(), List.of());
  }

  /** The script as a file that is gone afterwards: only a file can have an interpreter. */
  private static String withInterpreter(Heredoc script) {
    String end = "JCOMPOSE_END_OF_SCRIPT";
    while (script.content().contains(end)) {
      end = end + "_";
    }
    return "f=$(mktemp) && cat >\"$f\" <<'"
        + end
        + "' && chmod 755 \"$f\" && { \"$f\"; r=$?; rm -f \"$f\"; exit $r; }\n"
        + script.content()
        + end
        + "\n";
  }
}
