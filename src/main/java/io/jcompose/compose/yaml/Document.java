package io.jcompose.compose.yaml;

import java.util.List;

/**
 * One document of a file.
 *
 * @param root its value, without what {@code !reset} drops
 * @param resets the paths that carry {@code !reset} or {@code !override}: what earlier files say
 *     there is dropped
 */
public record Document(Node root, List<List<String>> resets) {}
