package io.jcompose.engine;

import java.util.List;

/**
 * A snapshot as verbs show it.
 *
 * @param project empty: of no single one
 * @param created milliseconds since the epoch
 * @param volumes names
 */
public record SnapshotView(String name, String project, long created, List<String> volumes) {}
