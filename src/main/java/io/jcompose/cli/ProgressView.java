package io.jcompose.cli;

import io.jcompose.cli.render.JsonProgress;
import io.jcompose.cli.render.LiveProgress;
import io.jcompose.cli.render.PlainProgress;
import io.jcompose.engine.Progress;

/** The view of an operation's progress that suits the caller: live on a terminal, plain lines elsewhere. */
interface ProgressView extends Progress, AutoCloseable {
  /** Ends the view: what is drawn last stays. */
  @Override
  void close();

  /** As {@link #of(CommandContext)}, without the progress of pulls, or the output of builds. */
  static ProgressView of(CommandContext context, boolean quietPulls, boolean quietBuilds) {
    ProgressView shown = of(context);
    return quietPulls || quietBuilds
        ? new Delegating(new QuietProgress(shown, quietPulls, quietBuilds), shown::close)
        : shown;
  }

  static ProgressView of(CommandContext context) {
    String kind = context.options().progress;
    if (kind.equals("quiet")) {
      return quiet(context);
    }
    if (kind.equals("json")) {
      return new Delegating(new JsonProgress(context.err()), () -> {});
    }
    boolean live =
        kind.equals("tty")
            || kind.equals("auto")
                && context.err().terminal()
                && context.invocation().terminal().isPresent()
                && !"dumb".equals(context.invocation().environment().get("TERM"));
    return live ? live(context) : plain(context);
  }

  static ProgressView plain(CommandContext context) {
    PlainProgress progress = new PlainProgress(context.err(), context.style(context.err()));
    return new Delegating(progress, () -> {});
  }

  private static ProgressView live(CommandContext context) {
    var terminal = context.invocation().terminal();
    LiveProgress progress =
        new LiveProgress(
            context.err(),
            context.style(context.err()),
            () -> terminal.map(t -> t.columns()).orElse(80),
            () -> terminal.map(t -> t.rows()).orElse(24));
    return new Delegating(progress, progress::close);
  }

  /** Shows warnings and failures only. */
  static ProgressView quiet(CommandContext context) {
    PlainProgress plain = new PlainProgress(context.err(), context.style(context.err()));
    Progress silent =
        new Progress() {
          @Override
          public void step(String kind, String name, Phase phase, String word, String detail) {}

          @Override
          public void output(String kind, String name, String line) {}

          @Override
          public void warning(String text) {
            plain.warning(text);
          }
        };
    return new Delegating(silent, () -> {});
  }

  /** A progress with an end. */
  record Delegating(Progress to, Runnable end) implements ProgressView {
    @Override
    public void step(String kind, String name, Phase phase, String word, String detail) {
      to.step(kind, name, phase, word, detail);
    }

    @Override
    public void output(String kind, String name, String line) {
      to.output(kind, name, line);
    }

    @Override
    public void warning(String text) {
      to.warning(text);
    }

    @Override
    public void close() {
      end.run();
    }
  }
}
