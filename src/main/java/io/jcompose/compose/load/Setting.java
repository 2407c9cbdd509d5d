package io.jcompose.compose.load;

import io.jcompose.compose.yaml.Place;

/** A variable's value in an env file, and where it stands there. */
record Setting(String value, Place place) {}
