package io.jcompose.cli.render;

/** A {@code --format} that can't be read, or asks for what is not there. */
public final class TemplateException extends RuntimeException {
  public TemplateException(String message) {
    super(message);
  }
}
