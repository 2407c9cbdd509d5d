package io.jcompose.build;

/**
 * A here-document of a RUN, COPY or ADD.
 *
 * @param name the delimiter
 * @param content its lines, each ended by a newline; leading tabs gone if {@code <<-} was written
 * @param expands false when the delimiter was quoted
 */
record Heredoc(String name, String content, boolean expands, boolean stripsTabs) {}
