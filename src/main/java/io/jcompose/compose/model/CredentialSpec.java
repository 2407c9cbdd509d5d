package io.jcompose.compose.model;

import java.util.Optional;

/** Credentials of a managed service account; Windows only, kept as written. */
public record CredentialSpec(
    Optional<String> config, Optional<String> file, Optional<String> registry) {}
