package io.jcompose.cli;

import io.jcompose.engine.ContainerView;
import io.jcompose.engine.Containers;
import io.jcompose.engine.EngineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** {@code --filter key=value} of the verbs over containers: values of one key are alternatives, except labels. */
final class ContainerFilter implements Predicate<ContainerView> {
  private static final Set<String> STATES =
      Set.of("created", "restarting", "running", "removing", "paused", "exited", "dead");

  private record Part(String key, String value) {}

  private final List<Part> parts = new ArrayList<>();
  private final Containers containers;

  private ContainerFilter(Containers containers) {
    this.containers = containers;
  }

  static ContainerFilter parse(List<String> texts, Containers containers) {
    return parse(
        texts,
        containers,
        Set.of(
            "ancestor", "before", "exited", "expose", "health", "id", "label", "name", "network",
            "publish", "since", "status", "volume"));
  }

  static ContainerFilter parseForPrune(List<String> texts, Containers containers) {
    return parse(texts, containers, Set.of("label", "label!", "until"));
  }

  private static ContainerFilter parse(List<String> texts, Containers containers, Set<String> keys) {
    ContainerFilter filter = new ContainerFilter(containers);
    for (String text : texts) {
      int at = text.startsWith("label!=") ? "label!".length() : text.indexOf('=');
      String key = at < 0 ? text : text.substring(0, at);
      if (at < 0 || !keys.contains(key)) {
        throw new EngineException(
            "invalid filter '" + text + "': it is KEY=VALUE, and the keys are " + String.join(", ", new TreeSet<>(keys)));
      }
      filter.add(new Part(key, text.substring(at + 1)), text);
    }
    return filter;
  }

  private void add(Part part, String text) {
    if (part.key.equals("status") && !STATES.contains(part.value)) {
      throw new EngineException("invalid filter '" + text + "': the states are " + String.join(", ", new TreeSet<>(STATES)));
    }
    parts.add(part);
  }

  /** Whether a state is asked for: then containers that don't run are shown, too. */
  boolean asksForState() {
    return parts.stream().anyMatch(p -> p.key.equals("status") || p.key.equals("exited"));
  }

  @Override
  public boolean test(ContainerView c) {
    return any("id", c.id()::startsWith)
        && any("name", value -> matches(value, c.name()))
        && any("status", c.state().word()::equals)
        && any("health", value -> c.health().name().toLowerCase(Locale.ROOT).equals(value))
        && any("exited", value -> c.state().word().equals("exited") && value.equals(Integer.toString(c.exitCode())))
        && any("ancestor", value -> ancestor(c, value))
        && any("network", value -> c.addresses().containsKey(value))
        && any("volume", value -> containers.mounts(c.id()).contains(value))
        && any("publish", value -> c.ports().stream().anyMatch(p -> p.hostPort() != 0 && (port(p, value) || port(p.hostPort(), p.protocol(), value))))
        && any("expose", value -> c.ports().stream().anyMatch(p -> port(p, value)))
        && any("before", value -> c.created() < containers.find(value).created())
        && any("since", value -> c.created() > containers.find(value).created())
        && any("until", value -> c.created() * 1_000_000 < Moment.parse("until", value))
        && all("label", value -> labelled(c, value))
        && all("label!", value -> !labelled(c, value));
  }

  private static boolean matches(String pattern, String name) {
    try {
      return Pattern.compile(pattern.startsWith("^/") ? "^" + pattern.substring(2) : pattern).matcher(name).find();
    } catch (PatternSyntaxException e) {
      throw new EngineException("invalid filter 'name=" + pattern + "': " + e.getDescription(), e);
    }
  }

  private boolean ancestor(ContainerView c, String image) {
    String id = containers.imageId(c.id());
    return c.image().equals(image)
        || c.image().startsWith(image + ":")
        || id.equals(image)
        || image.length() >= 12 && id.replaceFirst("^sha256:", "").startsWith(image);
  }

  private static boolean port(ContainerView.Published port, String text) {
    return port(port.containerPort(), port.protocol(), text);
  }

  private static boolean port(int number, String protocol, String text) {
    String[] parts = text.split("/");
    return parts[0].equals(Integer.toString(number)) && protocol.equals(parts.length > 1 ? parts[1] : "tcp");
  }

  private boolean any(String key, Predicate<String> matches) {
    List<Part> own = parts.stream().filter(p -> p.key.equals(key)).toList();
    return own.isEmpty() || own.stream().anyMatch(p -> matches.test(p.value));
  }

  private boolean all(String key, Predicate<String> matches) {
    return parts.stream().filter(p -> p.key.equals(key)).allMatch(p -> matches.test(p.value));
  }

  private static boolean labelled(ContainerView c, String text) {
    int at = text.indexOf('=');
    return at < 0
        ? c.labels().containsKey(text)
        : text.substring(at + 1).equals(c.labels().get(text.substring(0, at)));
  }
}
