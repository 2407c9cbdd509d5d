package io.jcompose.image.registry;

import io.jcompose.image.Digest;

/**
 * A manifest or index as it came.
 *
 * @param mediaType as the answer's header says
 * @param bytes hashed: they are what {@code digest} says
 */
record RemoteManifest(String mediaType, Digest digest, byte[] bytes) {}
