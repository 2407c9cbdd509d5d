package io.jcompose.compose.load;

import io.jcompose.compose.model.NameText;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Refuses names that would become more than one word, or lines of their own, in a container's files in /etc. */
final class NameChecks {
  private static final List<String> TEXTS = List.of("hostname", "domainname");
  private static final List<String> LISTS = List.of("dns", "dns_search", "dns_opt", "extra_hosts");


  /** What the kernel keeps of a host's name, and a DNS message of any. */
  private static final int LONGEST_HOST = 64;
  private static final int LONGEST_NAME = 253;

  private NameChecks() {}

  static void apply(MapNode service, String path, Session session) {
    for (String key : TEXTS) {
      check(service.get(key), path + "." + key, session);
      length(service.get(key), LONGEST_HOST, path + "." + key, session);
    }
    for (String key : LISTS) {
      check(service.get(key), path + "." + key, session);
      each(Values.items(service.get(key)), path + "." + key, session);
    }
    for (Map.Entry<String, Node> network : Values.entries(service.get("networks")).entrySet()) {
      if (network.getValue() instanceof MapNode place) {
        String at = path + ".networks." + network.getKey() + ".aliases";
        each(Values.items(place.get("aliases")), at, session);
        Values.items(place.get("aliases")).forEach(alias -> length(alias, LONGEST_NAME, at, session));
      }
    }
  }

  private static void length(Node node, int longest, String path, Session session) {
    if (node instanceof Scalar scalar
        && !scalar.text().contains("$")
        && scalar.text().getBytes(StandardCharsets.UTF_8).length > longest) {
      session.report(scalar.place().problem(path, "it has more than " + longest + " bytes"));
    }
  }

  private static void each(List<Node> items, String path, Session session) {
    for (int i = 0; i < items.size(); i++) {
      check(items.get(i), Names.item(path, i), session);
    }
  }

  private static void check(Node node, String path, Session session) {
    // What still has a variable in it is judged when it has none.
    if (node instanceof Scalar scalar
        && !scalar.isNull()
        && !scalar.text().contains("$")
        && !NameText.isOneWord(scalar.text())) {
      session.report(
          scalar
              .place()
              .problem(path, "it is more than one word: spaces, line ends, \"#\" and \";\" can't be in it"));
    }
  }
}
