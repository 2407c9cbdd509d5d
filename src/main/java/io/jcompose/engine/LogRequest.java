package io.jcompose.engine;

import java.util.List;

/**
 * Which lines are wanted.
 *
 * @param services empty: all
 * @param tail the last lines of each container; negative: all
 * @param sinceNanos lines from this wall clock on; 0: all
 * @param follow go on as output comes, also of containers that start later
 */
public record LogRequest(
    String project, List<String> services, long tail, long sinceNanos, boolean follow) {}
