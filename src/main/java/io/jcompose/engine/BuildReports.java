package io.jcompose.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jcompose.build.BuildOutline;
import io.jcompose.build.BuildTargets;
import io.jcompose.build.LineRange;
import io.jcompose.build.LintReport;
import java.nio.charset.StandardCharsets;

/** What can be said of a Dockerfile without building it, as {@code docker build --call} gives it as JSON. */
final class BuildReports {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PAGES = "https://docs.docker.com/go/dockerfile/rule/";

  private BuildReports() {}

  static ObjectNode lint(LintReport report) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode warnings = root.putArray("warnings");
    report
        .findings()
        .forEach(
            finding ->
                warnings
                    .addObject()
                    .put("ruleName", finding.rule().text())
                    .put("description", finding.rule().description())
                    .put("url", PAGES + finding.rule().page() + "/")
                    .put("detail", finding.message())
                    .set("location", location(finding.lines())));
    root.putArray("sources")
        .addObject()
        .put("filename", report.file())
        .put("language", "Dockerfile")
        .put("data", bytes(report.dockerfile()));
    return root;
  }

  static ObjectNode outline(BuildOutline outline) {
    ObjectNode root = JSON.createObjectNode();
    putIfAny(root, "name", outline.target());
    putIfAny(root, "description", outline.description());
    ArrayNode args = JSON.createArrayNode();
    for (BuildOutline.Arg arg : outline.args()) {
      ObjectNode node = args.addObject().put("name", arg.name());
      putIfAny(node, "description", arg.description());
      putIfAny(node, "value", arg.value());
      node.set("location", location(arg.lines()));
    }
    putIfAny(root, "args", args);
    putIfAny(root, "secrets", needs(outline.secrets()));
    putIfAny(root, "ssh", needs(outline.ssh()));
    root.putArray("sources").add(bytes(outline.dockerfile()));
    return root;
  }

  private static ArrayNode needs(Iterable<BuildOutline.Need> needs) {
    ArrayNode nodes = JSON.createArrayNode();
    for (BuildOutline.Need need : needs) {
      ObjectNode node = nodes.addObject().put("name", need.id());
      if (need.required()) {
        node.put("required", true);
      }
      node.set("location", location(need.lines()));
    }
    return nodes;
  }

  static ObjectNode targets(BuildTargets targets) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode nodes = root.putArray("targets");
    for (BuildTargets.Target target : targets.targets()) {
      ObjectNode node = nodes.addObject();
      putIfAny(node, "name", target.name());
      if (target.isDefault()) {
        node.put("default", true);
      }
      putIfAny(node, "description", target.description());
      putIfAny(node, "base", target.base());
      putIfAny(node, "platform", target.platform());
      node.set("location", location(target.lines()));
    }
    root.putArray("sources").add(bytes(targets.dockerfile()));
    return root;
  }

  private static void putIfAny(ObjectNode node, String key, String value) {
    if (!value.isEmpty()) {
      node.put(key, value);
    }
  }

  private static void putIfAny(ObjectNode node, String key, ArrayNode values) {
    if (!values.isEmpty()) {
      node.set(key, values);
    }
  }

  private static ObjectNode location(LineRange lines) {
    ObjectNode node = JSON.createObjectNode();
    ObjectNode range = node.putArray("ranges").addObject();
    range.putObject("start").put("line", lines.first());
    range.putObject("end").put("line", lines.last());
    return node;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
