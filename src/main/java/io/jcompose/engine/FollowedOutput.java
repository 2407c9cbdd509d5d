package io.jcompose.engine;

import io.jcompose.engine.log.ContainerLine;
import java.util.Optional;
import java.util.function.Supplier;

/** Where followed lines go, and how far the engine before had come with them. */
public interface FollowedOutput {
  /** How far a container had been followed by the engine before; empty: not at all. */
  Optional<FollowedPlace> left(String container);

  /** What takes the lines of a container. */
  Lines of(String container);

  /** The container has been removed, and all of it was shown. */
  void forget(String container);

  /** Takes the lines of one container, from one thread at a time. */
  interface Lines {
    /**
     * @param place asked for during the call: the one after this line
     */
    void line(ContainerLine line, Supplier<FollowedPlace> place);

    /** For the moment that was all. */
    void pause(FollowedPlace place);
  }
}
