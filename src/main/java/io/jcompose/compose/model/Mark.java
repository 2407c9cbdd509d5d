package io.jcompose.compose.model;

/**
 * A place in a file.
 *
 * @param file as it is to be shown: relative to the caller's directory when below it
 * @param line from 1
 * @param column from 1
 */
public record Mark(String file, int line, int column) {

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
