package io.jcompose.engine.compile;

import io.jcompose.compose.model.DeviceRequest;
import io.jcompose.compose.model.Service;
import io.jcompose.container.Device;
import io.jcompose.engine.EngineException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The device nodes that a service gets which asks for a GPU ({@code gpus}, {@code deploy.resources.reservations.devices}).
 * The libraries to use them with have to be in the image.
 */
final class Gpus {
  private static final String GPU = "gpu";
  private static final String PERMISSIONS = "rwm";

  private Gpus() {}

  /**
   * @param dev the host's /dev
   */
  static List<Device> of(Service service, Path dev) {
    List<DeviceRequest> requests = service.resources().devices();
    for (DeviceRequest request : requests) {
      if (!request.capabilities().isEmpty() && request.capabilities().stream().noneMatch(c -> c.contains(GPU))) {
        throw new EngineException(
            "service \"" + service.name() + "\" reserves devices that can " + String.join(", ", request.capabilities())
                + ": this engine finds GPUs only; name the nodes under devices:");
      }
    }
    if (requests.isEmpty()) {
      return List.of();
    }
    List<Device> found = nodes(dev);
    found.removeIf(device -> requests.stream().noneMatch(request -> wants(service, request, device)));
    if (found.isEmpty()) {
      throw new EngineException(
          "service \"" + service.name() + "\" asks for a GPU, and this host has none: there is neither "
              + dev.resolve("nvidia0") + " nor " + dev.resolve("dri") + "; install the driver, or remove gpus:");
    }
    return found;
  }

  private static boolean numbered(Device device) {
    return device.source().matches(".*/nvidia[0-9]+");
  }

  /** Whether this one of several is meant: by its maker and its number, or one of the first {@code count}. */
  private static boolean wants(Service service, DeviceRequest request, Device device) {
    boolean nvidia = device.source().contains("/nvidia");
    boolean made =
        switch (request.driver().orElse("")) {
          case "" -> true;
          case "nvidia" -> nvidia;
          case "amd" -> !nvidia;
          default ->
              throw new EngineException(
                  "service \"" + service.name() + "\": this engine finds GPUs of the drivers nvidia and amd, not "
                      + request.driver().get());
        };
    if (!made || !numbered(device)) {
      return made;
    }
    String number = device.source().substring(device.source().lastIndexOf("nvidia") + "nvidia".length());
    if (!request.deviceIds().isEmpty()) {
      return request.deviceIds().contains(number);
    }
    int count = request.count().orElse(-1);
    return count < 0 || Integer.parseInt(number) < count;
  }

  private static List<Device> nodes(Path dev) {
    List<Device> found = new ArrayList<>();
    for (String where : List.of("nvidia[0-9]*", "nvidiactl", "nvidia-uvm*", "kfd", "dri/renderD*", "dri/card*")) {
      Path folder = where.startsWith("dri/") ? dev.resolve("dri") : dev;
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (DirectoryStream<Path> nodes = Files.newDirectoryStream(folder, where.substring(where.indexOf('/') + 1))) {
        nodes.forEach(node -> found.add(new Device(node.toString(), node.toString(), PERMISSIONS)));
      } catch (IOException e) {
        throw new EngineException(folder + " cannot be listed: " + e.getMessage(), e);
      }
    }
    return found;
  }
}
