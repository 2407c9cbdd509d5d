package io.jcompose.compose.model;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * A service's use of a secret or config.
 *
 * @param source the key below {@code secrets} or {@code configs}
 * @param target absolute path in the container; filled in when the file does not say
 * @param uid owner, a number as text
 * @param gid group, a number as text
 * @param mode permission bits; empty: 0444
 */
public record FileRef(
    String source, String target, Optional<String> uid, Optional<String> gid, OptionalInt mode) {}
