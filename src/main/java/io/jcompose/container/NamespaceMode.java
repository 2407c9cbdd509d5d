package io.jcompose.container;

/** Whose namespace a container lives in. */
public enum NamespaceMode {
  /** Its own. A network namespace is made and given by the engine, the others by the start itself. */
  PRIVATE,
  /** Its own, which others may join; of the IPC namespace only, and with its /dev/shm. */
  SHAREABLE,
  /** The host's. */
  HOST,
  /** Another container's, given by descriptor at the start. */
  JOINED;

  /** Whether the start makes a new one. */
  boolean own() {
    return this == PRIVATE || this == SHAREABLE;
  }
}
