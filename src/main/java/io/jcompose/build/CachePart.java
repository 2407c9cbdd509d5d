package io.jcompose.build;

import java.util.function.BooleanSupplier;

/**
 * An entry of the cache where it is kept.
 *
 * @param removal removes it, and says whether it could: what a step has in use stays
 */
record CachePart(CacheEntry entry, BooleanSupplier removal) {}
