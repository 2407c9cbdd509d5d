package io.jcompose.engine.log;

/** A line of output and the container that wrote it. */
public record ContainerLine(String project, String service, String container, LogLine line) {}
