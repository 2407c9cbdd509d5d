package io.jcompose.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The engine's log: one line a record on standard error, which the launcher has opened on engine.log. */
final class EngineLog {
  private EngineLog() {}

  static void install() {
    LogManager.getLogManager().reset();
    ConsoleHandler handler = new ConsoleHandler();
    handler.setLevel(Level.INFO);
    handler.setFormatter(new OneLine());
    Logger.getLogger("").addHandler(handler);
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) ->
            System.getLogger("engine")
                .log(System.Logger.Level.ERROR, "thread " + thread.getName() + " ended", e));
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord record) {
      StringWriter text = new StringWriter();
      text.append(Instant.ofEpochMilli(record.getMillis()).toString())
          .append(' ')
          .append(record.getLevel().getName())
          .append(' ')
          .append(String.valueOf(record.getLoggerName()))
          .append(": ")
          .append(formatMessage(record).replace("\n", "\\n"))
          .append('\n');
      if (record.getThrown() != null) {
        record.getThrown().printStackTrace(new PrintWriter(text));
      }
      return text.toString();
    }
  }
}
