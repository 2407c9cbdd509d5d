package io.jcompose.compose.model;

import java.util.List;
import java.util.OptionalInt;

/**
 * Limits of block devices.
 *
 * @param weight 10–1000
 * @param weightDevice weight per device
 * @param readBps bytes per second
 * @param readIops operations per second
 * @param writeBps bytes per second
 * @param writeIops operations per second
 */
public record BlkioConfig(
    OptionalInt weight,
    List<DeviceRate> weightDevice,
    List<DeviceRate> readBps,
    List<DeviceRate> readIops,
    List<DeviceRate> writeBps,
    List<DeviceRate> writeIops) {

  public BlkioConfig {
    weightDevice = List.copyOf(weightDevice);
    readBps = List.copyOf(readBps);
    readIops = List.copyOf(readIops);
    writeBps = List.copyOf(writeBps);
    writeIops = List.copyOf(writeIops);
  }

  /**
   * A rate or weight of one device.
   *
   * @param path such as {@code /dev/sda}
   */
  public record DeviceRate(String path, long rate) {}
}
