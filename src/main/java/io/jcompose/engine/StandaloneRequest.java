package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import java.util.Map;

/**
 * A container that stands by itself.
 *
 * @param project without a name; it has the one service that the container is made from, called as the container is
 * @param pull when its image is pulled: always, missing, or never
 * @param publishAll whether every port that its image or it exposes gets one of the host
 * @param removedAtEnd whether it goes when it has ended
 * @param inputOnce whether its standard input ends with that of the first caller who is joined to it
 * @param environment the caller's: its credentials and proxies
 */
public record StandaloneRequest(
    Project project,
    String pull,
    boolean publishAll,
    boolean removedAtEnd,
    boolean inputOnce,
    Map<String, String> environment) {}
