package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import io.jcompose.plan.ImageOptions;
import io.jcompose.plan.UpOptions;
import java.util.Map;

/**
 * What {@code up} was asked for.
 *
 * @param environment the caller's, for credentials of registries and secrets of builds
 * @param yes whether questions of the plan are answered with yes
 * @param timeline takes note of when each step was done
 */
public record UpRequest(
    Project project,
    ImageOptions images,
    UpOptions options,
    Map<String, String> environment,
    boolean yes,
    Timeline timeline) {}
