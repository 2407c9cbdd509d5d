package io.jcompose.cli.render;

import io.jcompose.engine.Output;
import io.jcompose.engine.Progress;
import java.util.HashMap;
import java.util.Map;

/** Progress as lines that are never taken back: for pipes, logs and CI. */
public final class PlainProgress implements Progress {
  private final Output out;
  private final Style style;
  private final Map<String, String> lastWord = new HashMap<>();
  private boolean closed;

  public PlainProgress(Output out, Style style) {
    this.out = out;
    this.style = style;
  }

  @Override
  public void step(String kind, String name, Phase phase, String word, String detail) {
    // The steps of an image come as its output; the same word again with another detail is for live views.
    if (phase == Phase.WORKING && !kind.equals("Container") && word.equals(replaceWord(kind, name, word))) {
      return;
    }
    String text = " " + kind + " " + Printable.line(name) + "  " + word;
    if (!detail.isEmpty()) {
      text += "  " + Printable.line(detail);
    }
    line(
        switch (phase) {
          case FAILED -> style.red(text);
          case WARNING -> style.yellow(text);
          case WORKING, DONE -> text;
        });
  }

  private synchronized String replaceWord(String kind, String name, String word) {
    return lastWord.put(kind + " " + name, word);
  }

  @Override
  public void output(String kind, String name, String text) {
    line(" " + style.dim(Printable.line(name) + " | ") + safe(text));
  }

  @Override
  public void warning(String text) {
    line(style.yellow("warning: ") + Printable.line(text));
  }

  /** Output of tools keeps its tabs and colours, and loses whatever moves the cursor. */
  static String safe(String text) {
    byte[] bytes = TerminalText.safe(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }

  private synchronized void line(String text) {
    if (closed) {
      return;
    }
    try {
      out.println(text);
    } catch (Output.ClosedException e) {
      // Nobody watches any more; what is under way goes on.
      closed = true;
    }
  }
}
