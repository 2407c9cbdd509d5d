package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.engine.ContainerView;
import io.jcompose.plan.ContainerState;
import io.jcompose.plan.Health;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** How container tools write ages, states, ports and sizes. */
public final class ContainerText {
  private static final long SECOND = 1000;
  private static final int COMMAND_WIDTH = 20;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private ContainerText() {}

  /** {@code About a minute ago}. */
  public static String ago(long millis) {
    return duration(millis) + " ago";
  }

  /** {@code About an hour}; the steps are those of the Docker tools. */
  public static String duration(long millis) {
    long seconds = Math.max(0, millis) / SECOND;
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds < 60) {
      return seconds == 1 ? "1 second" : seconds + " seconds";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes == 1 ? "About a minute" : minutes + " minutes";
    }
    long hours = Math.round(seconds / 3600.0);
    if (hours < 48) {
      return hours == 1 ? "About an hour" : hours + " hours";
    }
    long days = hours / 24;
    if (days < 14) {
      return days + " days";
    }
    if (days < 60) {
      return days / 7 + " weeks";
    }
    return days < 730 ? days / 30 + " months" : days / 365 + " years";
  }

  /** {@code Up 5 minutes (healthy)}, {@code Exited (1) 2 seconds ago}. */
  public static String status(ContainerView c, long now) {
    return switch (c.state()) {
      case CREATED -> "Created";
      case RUNNING -> "Up " + duration(now - c.started()) + health(c.health());
      case PAUSED -> "Up " + duration(now - c.started()) + " (Paused)";
      case RESTARTING -> "Restarting (" + c.exitCode() + ") " + ago(now - c.finished());
      case EXITED ->
          "Exited (" + c.exitCode() + ") " + ago(now - c.finished()) + (c.oomKilled() ? ", out of memory" : "");
      case DEAD -> "Dead";
    };
  }

  private static String health(Health health) {
    return switch (health) {
      case NONE -> "";
      case STARTING -> " (health: starting)";
      case HEALTHY -> " (healthy)";
      case UNHEALTHY -> " (unhealthy)";
    };
  }

  /** {@code "docker-entrypoint.s…"}. */
  public static String command(ContainerView c, boolean full) {
    String text = String.join(" ", c.command());
    boolean cut = !full && text.codePointCount(0, text.length()) > COMMAND_WIDTH;
    return "\"" + (cut ? text.substring(0, text.offsetByCodePoints(0, COMMAND_WIDTH - 1)) + "…" : text) + "\"";
  }

  /** {@code 0.0.0.0:80->80/tcp, [::]:80->80/tcp, 443/tcp}. */
  public static String ports(ContainerView c) {
    return c.ports().stream().map(ContainerText::port).collect(Collectors.joining(", "));
  }

  private static String port(ContainerView.Published p) {
    String inside = p.containerPort() + "/" + p.protocol();
    if (p.hostPort() == 0) {
      return inside;
    }
    return hostSide(p) + "->" + inside;
  }

  /** {@code 0.0.0.0:80}, of a port that is published. */
  public static String hostSide(ContainerView.Published p) {
    String address = p.hostAddress().contains(":") ? "[" + p.hostAddress() + "]" : p.hostAddress();
    return address + ":" + p.hostPort();
  }

  /** Decimal units, three digits: {@code 72.4MB}. */
  public static String size(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    int digits = value >= 100 || unit == 0 ? 0 : value >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f%s", value, units[unit]);
  }

  /** Binary units, four digits: {@code 1.234MiB}. */
  public static String binarySize(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    int digits = value >= 1000 || unit == 0 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3;
    String number = String.format(Locale.ROOT, "%." + digits + "f", value);
    return (number.contains(".") ? number.replaceAll("\\.?0+$", "") : number) + units[unit];
  }

  /** The fields of {@code ps --format json}. */
  public static ObjectNode row(ContainerView c) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("Command", command(c, true));
    node.put("CreatedAt", java.time.Instant.ofEpochMilli(c.created()).toString());
    node.put("ExitCode", c.exitCode());
    node.put("Health", c.health() == Health.NONE ? "" : c.health().name().toLowerCase(Locale.ROOT));
    node.put("ID", c.id());
    node.put("Image", c.image());
    node.put(
        "Labels",
        new TreeMap<>(c.labels())
            .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(",")));
    node.put("Name", c.name());
    node.put("Names", c.name());
    node.put("Networks", String.join(",", new TreeSet<>(c.addresses().keySet())));
    node.put("Ports", ports(c));
    node.put("Project", c.project());
    ArrayNode publishers = node.putArray("Publishers");
    for (ContainerView.Published p : c.ports()) {
      publishers
          .addObject()
          .put("URL", p.hostAddress())
          .put("TargetPort", p.containerPort())
          .put("PublishedPort", p.hostPort())
          .put("Protocol", p.protocol());
    }
    node.put("Service", c.service());
    node.put("State", c.state().word());
    node.put("Status", status(c, System.currentTimeMillis()));
    if (c.state() == ContainerState.EXITED) {
      node.put("OOMKilled", c.oomKilled());
    }
    return node;
  }
}
