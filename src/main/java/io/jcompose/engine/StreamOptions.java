package io.jcompose.engine;

/**
 * Which of a container's streams a caller is joined to.
 *
 * @param detachKeys as {@code --detach-keys} takes them; they work on a terminal
 * @param forwardSignals whether what the client is sent goes to the container
 * @param fromNow false: with all that the container has written so far
 */
public record StreamOptions(
    boolean input, boolean output, boolean error, String detachKeys, boolean forwardSignals, boolean fromNow) {}
