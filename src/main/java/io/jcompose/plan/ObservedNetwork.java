package io.jcompose.plan;

/**
 * A network that exists: the project's own, and the external ones that its file names.
 *
 * @param id the network's id
 * @param name its name on this host
 * @param project the project that made it, empty if none did
 * @param key the name that it had in that project's file, empty if none
 * @param config the settings that it was made from, {@link Config#NONE} leaves it untouched
 */
public record ObservedNetwork(String id, String name, String project, String key, Config config) {}
