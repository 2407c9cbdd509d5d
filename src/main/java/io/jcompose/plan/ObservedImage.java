package io.jcompose.plan;

import java.time.Instant;

/**
 * An image in the store.
 *
 * @param id its id, {@code sha256:<64 hex>}
 * @param updated when the reference was last pulled or built
 */
public record ObservedImage(String id, Instant updated) {}
