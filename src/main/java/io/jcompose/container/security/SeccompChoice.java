package io.jcompose.container.security;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Which system call filter a container gets. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = SeccompChoice.Default.class, name = "default"),
  @JsonSubTypes.Type(value = SeccompChoice.Unconfined.class, name = "unconfined"),
  @JsonSubTypes.Type(value = SeccompChoice.Profile.class, name = "profile")
})
public sealed interface SeccompChoice {
  /** The built-in profile. */
  record Default() implements SeccompChoice {}

  /** No filter. */
  record Unconfined() implements SeccompChoice {}

  /** The user's own profile, as JSON text in Docker's or OCI's form. */
  record Profile(String json) implements SeccompChoice {}
}
