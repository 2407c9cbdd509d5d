package io.jcompose.cli;

/** Asks before something is lost. */
final class Confirmation {
  private Confirmation() {}

  /** Whether the answer on standard input is yes; the end of the input is no. */
  static boolean of(CommandContext context, String question) {
    context.out().print(question);
    String answer = StandardInput.line(context.invocation()).strip();
    return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
  }
}
