package io.jcompose.plan;

/**
 * A named volume that exists: the project's own, and the external ones that its file names.
 *
 * @param name its name on this host
 * @param project the project that made it, empty if none did
 * @param key the name that it had in that project's file, empty if none
 * @param config the settings that it was made from, {@link Config#NONE} leaves it untouched
 */
public record ObservedVolume(String name, String project, String key, Config config) {}
