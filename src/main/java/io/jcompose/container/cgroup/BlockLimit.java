package io.jcompose.container.cgroup;

import io.jcompose.linux.Errno;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import io.jcompose.linux.LinuxException;

/**
 * A limit of one block device.
 *
 * @param kind what is limited
 * @param device path of the device's node on the host
 * @param value bytes or operations each second, or a weight of 10 … 1000
 */
public record BlockLimit(Kind kind, String device, long value) {

  /** What there is to limit, with its file in version 1 and its key in version 2's io.max. */
  public enum Kind {
    READ_BPS("blkio.throttle.read_bps_device", "rbps"),
    WRITE_BPS("blkio.throttle.write_bps_device", "wbps"),
    READ_IOPS("blkio.throttle.read_iops_device", "riops"),
    WRITE_IOPS("blkio.throttle.write_iops_device", "wiops"),
    WEIGHT("blkio.bfq.weight_device", "");

    final String file;
    final String key;

    Kind(String file, String key) {
      this.file = file;
      this.key = key;
    }
  }

  /** {@code major:minor} of the device; an error names a path that is no block device. */
  String number() {
    try (Fd node = Fs.open(device, Fs.O_PATH, 0)) {
      Fs.Stat stat = Fs.stat(node);
      if (stat.type() != Fs.S_IFBLK) {
        throw new CgroupException("blkio_config: " + device + " is no block device");
      }
      return stat.rdevMajor() + ":" + stat.rdevMinor();
    } catch (LinuxException e) {
      throw new CgroupException(
          "blkio_config: " + device + (e.is(Errno.ENOENT) ? " doesn't exist" : " cannot be opened: " + e.getMessage()));
    }
  }
}
