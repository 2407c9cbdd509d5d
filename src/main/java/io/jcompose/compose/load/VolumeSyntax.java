package io.jcompose.compose.load;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads {@code [source:]target[:options]}. A single letter before a colon is a Windows drive. */
final class VolumeSyntax {

  private static final Set<String> PROPAGATIONS =
      Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");

  private VolumeSyntax() {}

  static MapNode parse(Node at, String spec, String path) {
    MapNode volume = new MapNode(at.place());
    if (spec.isEmpty()) {
      throw at.place().error(path, "invalid empty volume spec");
    }
    if (spec.length() <= 2) {
      volume.put("type", "volume");
      volume.put("target", spec);
      return volume;
    }
    List<String> sections = sections(spec);
    if (sections.stream().anyMatch(String::isEmpty)) {
      throw invalid(at, path, spec, "empty section between colons");
    }
    if (sections.size() > 3) {
      throw invalid(at, path, spec, "too many colons");
    }
    String source = sections.size() > 1 ? sections.get(0) : "";
    boolean bind = isFile(source);
    volume.put("type", bind ? "bind" : "volume");
    if (!source.isEmpty()) {
      volume.put("source", source);
    }
    volume.put("target", sections.get(sections.size() > 1 ? 1 : 0));
    MapNode bindOptions = new MapNode(at.place());
    MapNode volumeOptions = new MapNode(at.place());
    if (sections.size() == 3) {
      for (String option : sections.get(2).split(",")) {
        switch (option) {
          case "ro" -> volume.put("read_only", true);
          case "rw" -> volume.remove("read_only");
          case "nocopy" -> volumeOptions.put("nocopy", true);
          case "z", "Z" -> bindOptions.put("selinux", option);
          default -> {
            if (PROPAGATIONS.contains(option)) {
              bindOptions.put("propagation", option);
            }
          }
        }
      }
    }
    if (bind) {
      bindOptions.put("create_host_path", true);
    }
    if (bind || !bindOptions.entries().isEmpty()) {
      volume.put("bind", bindOptions);
    }
    if (!bind || !volumeOptions.entries().isEmpty()) {
      volume.put("volume", volumeOptions);
    }
    return volume;
  }

  private static ComposeException invalid(Node at, String path, String spec, String what) {
    return at.place().error(path, "invalid spec: " + spec + ": " + what);
  }

  private static List<String> sections(String spec) {
    List<String> sections = new ArrayList<>();
    int start = 0;
    int braces = 0;
    for (int i = 0; i < spec.length(); i++) {
      char c = spec.charAt(i);
      if (spec.startsWith("${", i)) {
        braces++;
      } else if (c == '}' && braces > 0) {
        braces--;
      } else if (c == ':' && braces == 0) {
        boolean drive = i - start == 1 && Character.isLetter(spec.charAt(start));
        if (!drive) {
          sections.add(spec.substring(start, i));
          start = i + 1;
        }
      }
    }
    sections.add(spec.substring(start));
    return sections;
  }

  private static boolean isFile(String source) {
    if (source.isEmpty()) {
      return false;
    }
    return ".~/".indexOf(source.charAt(0)) >= 0
        || source.startsWith("\\\\")
        || source.length() > 1 && Character.isLetter(source.charAt(0)) && source.charAt(1) == ':';
  }
}
