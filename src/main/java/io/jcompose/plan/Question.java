package io.jcompose.plan;

import java.util.List;

/**
 * A named volume can't get its new settings without losing its data. As long as nobody agrees, the
 * plan keeps it as it is; {@link UpOptions#withRecreatedVolume} is the agreement.
 *
 * @param volume the volume's key in the file
 * @param name its name on the host
 * @param changes the settings that differ
 * @param containers names of the containers that would be made anew
 */
public record Question(
    String volume, String name, List<Change> changes, List<String> containers) {
  public Question {
    changes = List.copyOf(changes);
    containers = List.copyOf(containers);
  }

  /** The question itself; the answer that changes nothing is no. */
  public String text() {
    return "Volume \""
        + name
        + "\" exists with other settings than the file gives it. Recreate it? All its data will be"
        + " lost";
  }
}
