package io.jcompose.compose.model;

/**
 * A device of the host, given to the container.
 *
 * @param source path on the host, or a CDI name such as {@code vendor.com/class=name}
 * @param target path in the container; the same as the source when it was not given
 * @param permissions of {@code r}, {@code w} and {@code m}
 */
public record Device(String source, String target, String permissions) {}
