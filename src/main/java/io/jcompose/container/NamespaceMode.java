package io.jcompose.container;

/** Whose namespace a container lives in. */
public enum NamespaceMode {
  /** Its own. A network namespace is made and given by the engine, the others by the start itself. */
  PRIVATE,
  /** The host's. */
  HOST,
  /** Another container's, given by descriptor at the start. */
  JOINED
}
