package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.container.Mount;
import io.jcompose.engine.state.ContainerRecord;

/** {@code Mounts} of an inspected container. */
final class InspectedMounts {
  private InspectedMounts() {}

  static ArrayNode of(ContainerRecord record) {
    ArrayNode mounts = new ObjectMapper().createArrayNode();
    for (Mount mount : record.spec().mounts()) {
      ObjectNode node = mounts.addObject();
      switch (mount) {
        case Mount.Bind bind -> {
          node.put("Type", "bind").put("Source", bind.source()).put("Destination", bind.target()).put("Mode", "");
          node.put("RW", !bind.readOnly()).put("Propagation", bind.propagation());
        }
        case Mount.Volume volume -> {
          node.put("Type", "volume").put("Name", volume.name()).put("Source", volume.source());
          node.put("Destination", volume.target()).put("Driver", "local").put("Mode", "z");
          node.put("RW", !volume.readOnly()).put("Propagation", "");
        }
        case Mount.Tmpfs tmpfs -> {
          node.put("Type", "tmpfs").put("Source", "").put("Destination", tmpfs.target()).put("Mode", tmpfs.options());
          node.put("RW", !tmpfs.readOnly()).put("Propagation", "");
        }
        case Mount.Image image -> {
          node.put("Type", "image").put("Source", image.image()).put("Destination", image.target()).put("Mode", "");
          node.put("RW", false).put("Propagation", "");
        }
        case Mount.File file -> {
          node.put("Type", "bind").put("Source", file.source()).put("Destination", file.target()).put("Mode", "");
          node.put("RW", false).put("Propagation", "rprivate");
        }
      }
    }
    return mounts;
  }
}
