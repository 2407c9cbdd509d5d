package io.jcompose.compose.canon;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.Problem;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The canonical form of a whole project: each value written in one way, and nothing that says no
 * more than its absence would.
 */
public final class CanonicalForm {

  private static final Field OPTIONAL = (n, spot) -> n.isNull() ? null : n;

  private static final Field ULIMIT =
      (n, spot) ->
          n instanceof Scalar
              ? Field.OPTIONAL_INTEGER.format(n, spot)
              : new Shape().with(Field.OPTIONAL_INTEGER, "soft", "hard").format(n, spot);

  private static final Shape FILE_REF =
      new Shape().with(Field.TEXT, "source", "target", "uid", "gid").with(Field.MODE, "mode");

  private static final Shape HOOK =
      new Shape()
          .with(Field.OPTIONAL_COMMAND, "command")
          .with(Field.TEXT, "user", "working_dir", "image")
          .with(Field.FLAG, "privileged")
          .with(Field.VARIABLES, "environment");

  private static final Field SSH =
      (n, spot) -> {
        ListNode keys = new ListNode(n.place());
        if (n instanceof MapNode map) {
          map.entries()
              .forEach(
                  (id, at) ->
                      keys.items()
                          .add(
                              new Scalar(
                                  at.place(), at.isNull() ? id : id + "=" + ((Scalar) at).text())));
        }
        return keys.items().isEmpty() ? null : keys;
      };

  private static final Shape BUILD =
      new Shape()
          .with(
              Field.TEXT,
              "context",
              "dockerfile",
              "dockerfile_inline",
              "isolation",
              "network",
              "target",
              "provenance",
              "sbom")
          .with(Field.TEXTS, "entitlements", "cache_from", "cache_to", "tags", "platforms")
          .with(Field.VARIABLES, "args")
          .with(Field.LABELS, "labels", "additional_contexts")
          .with(SSH, "ssh")
          .with(Field.FLAG, "no_cache", "pull", "privileged")
          .with(Field.HOSTS, "extra_hosts")
          .with(Field.list(FILE_REF), "secrets")
          .with(Field.BYTES, "shm_size")
          .with(Field.map(ULIMIT), "ulimits");

  private static final Shape DEVICE_REQUEST =
      new Shape()
          .with(Field.TEXTS, "capabilities", "device_ids")
          .with(Field.TEXT, "driver")
          .with(Field.COUNT, "count")
          .with(Field.LABELS, "options");

  private static final Shape RESOURCE =
      new Shape()
          .with(Field.DECIMAL, "cpus")
          .with(Field.BYTES, "memory")
          .with(Field.INTEGER, "pids")
          .with(Field.list(DEVICE_REQUEST), "devices")
          .with(
              Field.list(
                  new Shape()
                      .with(
                          new Shape()
                              .with(Field.TEXT, "kind")
                              .with(Field.OPTIONAL_INTEGER, "value"),
                          "discrete_resource_spec")),
              "generic_resources");

  private static final Shape UPDATE =
      new Shape()
          .with(Field.OPTIONAL_INTEGER, "parallelism")
          .with(Field.TIME, "delay", "monitor")
          .with(Field.TEXT, "failure_action", "order")
          .with(Field.DECIMAL, "max_failure_ratio");

  private static final Shape DEPLOY =
      new Shape()
          .with(Field.TEXT, "mode", "endpoint_mode")
          .with(Field.OPTIONAL_INTEGER, "replicas")
          .with(Field.LABELS, "labels")
          .with(UPDATE, "update_config", "rollback_config")
          .always(new Shape().with(RESOURCE, "limits", "reservations"), "resources")
          .with(
              new Shape()
                  .with(Field.TEXT, "condition")
                  .with(Field.DURATION, "delay", "window")
                  .with(Field.OPTIONAL_INTEGER, "max_attempts"),
              "restart_policy")
          .always(
              new Shape()
                  .with(Field.TEXTS, "constraints")
                  .with(Field.list(new Shape().with(Field.TEXT, "spread")), "preferences")
                  .with(Field.INTEGER, "max_replicas_per_node"),
              "placement");

  private static final Shape PORT =
      new Shape()
          .with(Field.TEXT, "name", "mode", "host_ip", "published", "protocol", "app_protocol")
          .with(Field.INTEGER, "target");

  private static final Shape MOUNT =
      new Shape()
          .with(Field.TEXT, "type", "source", "target", "consistency")
          .with(Field.FLAG, "read_only")
          .with(
              new Shape()
                  .with(Field.TEXT, "propagation", "selinux", "recursive")
                  .with(OPTIONAL, "create_host_path"),
              "bind")
          .with(
              new Shape()
                  .with(Field.FLAG, "nocopy")
                  .with(Field.TEXT, "subpath")
                  .with(Field.LABELS, "labels"),
              "volume")
          .with(new Shape().with(Field.BYTES, "size").with(Field.INTEGER, "mode"), "tmpfs")
          .with(new Shape().with(Field.TEXT, "subpath"), "image");

  private static final Shape SERVICE_NETWORK =
      new Shape()
          .with(Field.TEXTS, "aliases", "link_local_ips")
          .with(Field.TEXT, "ipv4_address", "ipv6_address", "mac_address", "interface_name")
          .with(Field.INTEGER, "priority", "gw_priority")
          .with(Field.LABELS, "driver_opts");

  private static final Shape DEPENDENCY =
      new Shape()
          .with(Field.TEXT, "condition")
          .with(Field.FLAG, "restart")
          .with(OPTIONAL, "required");

  private static final Shape HEALTHCHECK =
      new Shape()
          .with(Field.TEST, "test")
          .with(Field.DURATION, "interval", "timeout", "start_period", "start_interval")
          .with(Field.OPTIONAL_INTEGER, "retries")
          .with(Field.FLAG, "disable");

  private static final Shape WATCH =
      new Shape()
          .with(Field.TEXT, "path", "action", "target")
          .with(Field.TEXTS, "ignore", "include")
          .with(Field.FLAG, "initial_sync")
          .with(HOOK, "exec");

  private static final Shape BLKIO = blkio();

  private static final Shape SERVICE =
      new Shape()
          .always(Field.COMMAND, "command")
          .always(Field.COMMAND, "entrypoint")
          .with(OPTIONAL, "attach", "init")
          .with(Field.OPTIONAL_INTEGER, "scale")
          .with(
              Field.TEXT,
              "cgroup",
              "cgroup_parent",
              "container_name",
              "cpuset",
              "domainname",
              "hostname",
              "image",
              "ipc",
              "isolation",
              "mac_address",
              "network_mode",
              "pid",
              "platform",
              "pull_policy",
              "pull_refresh_after",
              "restart",
              "runtime",
              "stop_signal",
              "user",
              "userns_mode",
              "uts",
              "volume_driver",
              "working_dir")
          .with(
              Field.TEXTS,
              "cap_add",
              "cap_drop",
              "device_cgroup_rules",
              "dns",
              "dns_opt",
              "dns_search",
              "expose",
              "external_links",
              "group_add",
              "links",
              "profiles",
              "security_opt",
              "tmpfs",
              "volumes_from")
          .with(
              Field.FLAG,
              "oom_kill_disable",
              "privileged",
              "read_only",
              "stdin_open",
              "tty",
              "use_api_socket")
          .with(
              Field.INTEGER,
              "cpu_count",
              "cpu_period",
              "cpu_quota",
              "cpu_rt_period",
              "cpu_rt_runtime",
              "cpu_shares",
              "oom_score_adj",
              "pids_limit")
          .with(Field.DECIMAL, "cpus", "cpu_percent")
          .with(
              Field.BYTES,
              "mem_limit",
              "mem_reservation",
              "memswap_limit",
              "mem_swappiness",
              "shm_size")
          .with(Field.DURATION, "stop_grace_period")
          .with(new Shape().with(Field.TEXT, "file", "service"), "extends")
          .with(Field.VARIABLES, "environment")
          .with(Field.LABELS, "labels", "annotations", "sysctls", "storage_opt")
          .with(Field.HOSTS, "extra_hosts")
          .with(Field.map(ULIMIT), "ulimits")
          .with(BUILD, "build")
          .with(BLKIO, "blkio_config")
          .with(DEPLOY, "deploy")
          .with(HEALTHCHECK, "healthcheck")
          .with(Field.map(DEPENDENCY), "depends_on")
          .with(Field.map(SERVICE_NETWORK), "networks")
          .with(Field.list(PORT), "ports")
          .with(Field.list(MOUNT), "volumes")
          .with(Field.list(FILE_REF), "secrets", "configs")
          .with(
              Field.list(new Shape().with(Field.TEXT, "source", "target", "permissions")),
              "devices")
          .with(Field.list(DEVICE_REQUEST), "gpus")
          .with(Field.list(HOOK), "post_start", "pre_stop", "pre_start")
          .with(new Shape().with(Field.TEXT, "driver").with(Field.LABELS, "options"), "logging")
          .with(new Shape().with(Field.TEXT, "config", "file", "registry"), "credential_spec")
          .with(new Shape().with(Field.list(WATCH), "watch"), "develop")
          .with(
              new Shape().with(Field.TEXT, "type").with(Field.map(Field.TEXTS), "options"),
              "provider")
          .with(Field.map(new Shape().with(Field.TEXT, "endpoint_var", "model_var")), "models");

  private static final Shape NETWORK =
      new Shape()
          .with(Field.TEXT, "name", "driver")
          .with(Field.LABELS, "driver_opts", "labels")
          .with(Field.FLAG, "external", "internal", "attachable")
          .with(OPTIONAL, "enable_ipv4", "enable_ipv6")
          .always(
              new Shape()
                  .with(Field.TEXT, "driver")
                  .with(
                      Field.list(
                          new Shape()
                              .with(Field.TEXT, "subnet", "gateway", "ip_range")
                              .with(Field.LABELS, "aux_addresses")),
                      "config")
                  .with(Field.LABELS, "options"),
              "ipam");

  private static final Shape VOLUME =
      new Shape()
          .with(Field.TEXT, "name", "driver")
          .with(Field.LABELS, "driver_opts", "labels")
          .with(Field.FLAG, "external");

  private static final Shape FILE_OBJECT =
      new Shape()
          .with(Field.TEXT, "name", "file", "environment", "content", "driver", "template_driver")
          .with(Field.LABELS, "driver_opts", "labels")
          .with(Field.FLAG, "external");

  private static final Shape MODEL =
      new Shape()
          .with(Field.TEXT, "name", "model")
          .with(Field.INTEGER, "context_size")
          .with(Field.TEXTS, "runtime_flags");

  private static final Shape PROJECT =
      new Shape()
          .with(Field.TEXT, "name")
          .always(services(), "services")
          .with(Field.map(NETWORK), "networks")
          .with(Field.map(VOLUME), "volumes")
          .with(Field.map(FILE_OBJECT), "secrets", "configs")
          .with(Field.map(MODEL), "models");

  private CanonicalForm() {}

  /** All services, even when there are none. */
  private static Field services() {
    Field services = Field.map(SERVICE);
    return (n, spot) -> {
      Node formatted = services.format(n, spot);
      return formatted == null ? new MapNode(n.place()) : formatted;
    };
  }

  private static Shape blkio() {
    Field weights =
        Field.list(new Shape().with(Field.TEXT, "path").with(Field.OPTIONAL_INTEGER, "weight"));
    Field rates = Field.list(new Shape().with(Field.TEXT, "path").with(Field.BYTES, "rate"));
    return new Shape()
        .with(Field.INTEGER, "weight")
        .with(weights, "weight_device")
        .with(
            rates, "device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops");
  }

  /**
   * The canonical form.
   *
   * @param root a merged and normalised project
   * @param report is told of all values that can't be read: the form is without them
   */
  public static MapNode of(MapNode root, Consumer<Problem> report) {
    return (MapNode) PROJECT.format(root, new Spot("", report));
  }

  /**
   * The canonical form.
   *
   * @throws ComposeException with all values that can't be read
   */
  public static MapNode of(MapNode root) {
    List<Problem> problems = new ArrayList<>();
    MapNode form = of(root, problems::add);
    if (!problems.isEmpty()) {
      throw new ComposeException(problems);
    }
    return form;
  }
}
