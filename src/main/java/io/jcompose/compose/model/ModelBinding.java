package io.jcompose.compose.model;

import java.util.Optional;

/**
 * A service's use of an AI model.
 *
 * @param endpointVariable the variable that gets the model's URL
 * @param modelVariable the variable that gets the model's name
 */
public record ModelBinding(Optional<String> endpointVariable, Optional<String> modelVariable) {}
