package io.jcompose.engine;

import io.jcompose.compose.model.Project;
import io.jcompose.plan.DownOptions;
import java.util.Optional;

/**
 * What {@code down} was asked for.
 *
 * @param project the file's; empty when there is none at hand, and what the engine remembers is enough
 */
public record DownRequest(String projectName, Optional<Project> project, DownOptions options) {}
