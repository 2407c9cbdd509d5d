package io.jcompose.compose.load;

import io.jcompose.compose.model.BlkioConfig;
import io.jcompose.compose.model.DeviceRequest;
import io.jcompose.compose.model.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Makes the record of a service's resources of its canonical tree; deploy is folded in. */
final class ResourceReader {

  private ResourceReader() {}

  static Resources read(View service) {
    View resources = service.view("deploy").view("resources");
    View limits = resources.view("limits");
    View reservations = resources.view("reservations");
    List<DeviceRequest> devices = new ArrayList<>();
    devices.addAll(service.list("gpus", ResourceReader::gpu));
    devices.addAll(reservations.list("devices", ResourceReader::device));
    OptionalDouble cpus = service.decimal("cpus");
    return new Resources(
        or(service.number("mem_limit"), limits.number("memory")),
        or(service.number("mem_reservation"), reservations.number("memory")),
        service.number("memswap_limit"),
        service.integer("mem_swappiness"),
        cpus.isPresent() ? cpus : limits.decimal("cpus"),
        service.number("cpu_shares"),
        service.text("cpuset"),
        service.number("cpu_period"),
        service.number("cpu_quota"),
        service.number("cpu_rt_period"),
        service.number("cpu_rt_runtime"),
        service.number("cpu_count"),
        service.decimal("cpu_percent"),
        or(service.number("pids_limit"), limits.number("pids")),
        service.optional("blkio_config", ResourceReader::blkio),
        service.flag("oom_kill_disable"),
        service.integer("oom_score_adj"),
        BuildReader.ulimits(service),
        devices,
        service.text("cgroup_parent"));
  }

  private static OptionalLong or(OptionalLong first, OptionalLong second) {
    return first.isPresent() ? first : second;
  }

  private static DeviceRequest gpu(View device) {
    DeviceRequest request = device(device);
    List<String> capabilities = new ArrayList<>(request.capabilities());
    if (!capabilities.contains("gpu")) {
      capabilities.add("gpu");
    }
    return new DeviceRequest(
        capabilities, request.driver(), request.count(), request.deviceIds(), request.options());
  }

  private static DeviceRequest device(View device) {
    return new DeviceRequest(
        device.texts("capabilities"),
        device.text("driver"),
        device.integer("count"),
        device.texts("device_ids"),
        device.labels("options"));
  }

  private static BlkioConfig blkio(View blkio) {
    return new BlkioConfig(
        blkio.integer("weight"),
        blkio.list("weight_device", d -> rate(d, "weight")),
        blkio.list("device_read_bps", d -> rate(d, "rate")),
        blkio.list("device_read_iops", d -> rate(d, "rate")),
        blkio.list("device_write_bps", d -> rate(d, "rate")),
        blkio.list("device_write_iops", d -> rate(d, "rate")));
  }

  private static BlkioConfig.DeviceRate rate(View device, String key) {
    return new BlkioConfig.DeviceRate(device.text("path").orElse(""), device.number(key).orElse(0));
  }
}
