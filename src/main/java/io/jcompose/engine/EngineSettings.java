package io.jcompose.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * What one engine is set to.
 *
 * @param root where data are kept
 * @param run where sockets and exit records are; gone after a reboot
 * @param idle how long it stays without containers and callers
 * @param environment what the launcher handed on
 */
public record EngineSettings(Path root, Path run, Duration idle, Map<String, String> environment) {}
