package io.jcompose.container;

/**
 * A device node of the host, given to the container.
 *
 * @param source absolute path on the host; a directory gives all nodes in it
 * @param target absolute path in the container
 * @param permissions letters of {@code rwm}
 */
public record Device(String source, String target, String permissions) {}
