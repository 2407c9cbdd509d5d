package io.jcompose.image.tar;

import java.io.IOException;

/** The archive is damaged, or uses tar in a way that is not accepted. */
public final class TarException extends IOException {
  public TarException(String message) {
    super(message);
  }
}
