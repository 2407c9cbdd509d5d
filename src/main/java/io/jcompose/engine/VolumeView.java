package io.jcompose.engine;

import java.util.List;
import java.util.Map;

/**
 * A volume as verbs show it.
 *
 * @param folder what is mounted
 * @param options of the driver
 * @param created milliseconds since the epoch; 0: unknown
 * @param users names of the containers, running or not, that have it mounted
 */
public record VolumeView(
    String name,
    String folder,
    Map<String, String> labels,
    Map<String, String> options,
    boolean anonymous,
    String project,
    long created,
    List<String> users) {}
