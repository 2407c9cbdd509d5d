package io.jcompose.engine;

/** What the engine says of itself. */
public record EngineStatus(
    long pid,
    long startedMillis,
    int containers,
    int running,
    int networks,
    int images,
    String cgroups,
    String root,
    String run,
    String idleRule) {}
