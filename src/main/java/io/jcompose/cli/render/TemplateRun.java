package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jcompose.cli.render.GoTemplate.Command;
import io.jcompose.cli.render.GoTemplate.Node;
import io.jcompose.cli.render.GoTemplate.Operand;
import io.jcompose.cli.render.GoTemplate.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Fills one template once. */
final class TemplateRun {
  /** Objects whose keys are data, so that one that is missing is no mistake in the template. */
  private static final Set<String> MAPS =
      Set.of(
          "Labels", "Networks", "Ports", "Options", "Volumes", "ExposedPorts", "Sysctls", "PortBindings",
          "Annotations", "Containers", "DriverOpts", "Secrets", "Configs", "Tmpfs");

  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  private record Binding(String name, JsonNode[] value) {}

  private final JsonNode data;
  private final boolean headings;
  private final StringBuilder out = new StringBuilder();
  private final List<Binding> variables = new ArrayList<>();
  private String source = "";

  TemplateRun(JsonNode data, boolean headings) {
    this.data = data;
    this.headings = headings;
  }

  String run(List<Node> nodes) {
    variables.add(new Binding("$", new JsonNode[] {data}));
    walk(nodes, data);
    return out.toString();
  }

  private Flow walk(List<Node> nodes, JsonNode dot) {
    int scope = variables.size();
    for (Node node : nodes) {
      Flow flow = walk(node, dot);
      if (flow != Flow.ON) {
        leave(scope);
        return flow;
      }
    }
    leave(scope);
    return Flow.ON;
  }

  private void leave(int scope) {
    variables.subList(scope, variables.size()).clear();
  }

  private Flow walk(Node node, JsonNode dot) {
    switch (node) {
      case GoTemplate.Text text -> out.append(text.text());
      case GoTemplate.Print print -> {
        JsonNode value = value(print.pipeline(), dot);
        if (print.pipeline().variables().isEmpty()) {
          out.append(TemplateFunctions.print(value));
        }
      }
      case GoTemplate.If branch -> {
        int scope = variables.size();
        JsonNode value = value(branch.condition(), dot);
        boolean holds = TemplateFunctions.isTrue(value);
        Flow flow =
            holds
                ? walk(branch.then(), branch.with() ? value : dot)
                : walk(branch.otherwise(), dot);
        leave(scope);
        return flow;
      }
      case GoTemplate.Range range -> {
        return range(range, dot);
      }
      case GoTemplate.Jump jump -> {
        return jump.again() ? Flow.CONTINUE : Flow.BREAK;
      }
    }
    return Flow.ON;
  }

  /** Maps go by the order of their keys, a number counts from nought. */
  private Flow range(GoTemplate.Range range, JsonNode dot) {
    Pipeline over = range.over();
    JsonNode all = compute(over, dot);
    List<JsonNode> keys = new ArrayList<>();
    List<JsonNode> values = new ArrayList<>();
    if (all.isObject()) {
      TreeSet<String> names = new TreeSet<>();
      all.fieldNames().forEachRemaining(names::add);
      names.forEach(
          name -> {
            keys.add(TextNode.valueOf(name));
            values.add(all.get(name));
          });
    } else if (all.isArray()) {
      for (int i = 0; i < all.size(); i++) {
        keys.add(LongNode.valueOf(i));
        values.add(all.get(i));
      }
    } else if (!all.isNull() && !all.isMissingNode()) {
      throw failed("range can't iterate over " + TemplateFunctions.print(all));
    }
    for (int i = 0; i < values.size(); i++) {
      int scope = variables.size();
      List<String> names = over.variables();
      for (int n = 0; n < names.size(); n++) {
        boolean key = n == 0 && names.size() == 2;
        assign(names.get(n), key ? keys.get(i) : values.get(i), over.declares());
      }
      Flow flow = walk(range.body(), values.get(i));
      leave(scope);
      if (flow == Flow.BREAK) {
        break;
      }
    }
    return values.isEmpty() ? walk(range.otherwise(), dot) : Flow.ON;
  }

  private JsonNode value(Pipeline pipeline, JsonNode dot) {
    JsonNode value = compute(pipeline, dot);
    pipeline.variables().forEach(name -> assign(name, value, pipeline.declares()));
    return value;
  }

  private void assign(String name, JsonNode value, boolean declares) {
    if (declares) {
      variables.add(new Binding(name, new JsonNode[] {value}));
    } else {
      variable(name).value[0] = value;
    }
  }

  private Binding variable(String name) {
    for (Binding binding : variables.reversed()) {
      if (binding.name.equals(name)) {
        return binding;
      }
    }
    throw failed("undefined variable \"" + name + "\"");
  }

  private JsonNode compute(Pipeline pipeline, JsonNode dot) {
    source = pipeline.source();
    JsonNode value = MissingNode.getInstance();
    boolean first = true;
    for (Command command : pipeline.commands()) {
      value = command(command, dot, first ? List.of() : List.of(value));
      first = false;
    }
    return value;
  }

  private JsonNode command(Command command, JsonNode dot, List<JsonNode> piped) {
    Operand head = command.words().getFirst();
    List<Operand> rest = command.words().subList(1, command.words().size());
    if (head instanceof GoTemplate.Function function) {
      if (function.name().equals("and") || function.name().equals("or")) {
        return shortCut(function.name().equals("and"), rest, dot, piped);
      }
      List<JsonNode> arguments = new ArrayList<>();
      rest.forEach(word -> arguments.add(operand(word, dot)));
      arguments.addAll(piped);
      if (headings && TemplateFunctions.changesText(function.name())) {
        return arguments.isEmpty() ? TextNode.valueOf("") : heading(function.name(), arguments);
      }
      try {
        return TemplateFunctions.call(function.name(), arguments);
      } catch (TemplateException e) {
        throw failed("error calling " + function.name() + ": " + e.getMessage());
      }
    }
    if (rest.isEmpty() && piped.isEmpty()) {
      return operand(head, dot);
    }
    if (head instanceof GoTemplate.Path path && path.fields().equals(List.of("Label"))) {
      List<JsonNode> arguments = new ArrayList<>();
      rest.forEach(word -> arguments.add(operand(word, dot)));
      arguments.addAll(piped);
      return TextNode.valueOf(label(operand(path.root(), dot), arguments.getFirst().asText()));
    }
    throw failed("can't give argument to non-function");
  }

  /** A heading goes through text functions unchanged; its place among the arguments differs. */
  private static JsonNode heading(String function, List<JsonNode> arguments) {
    return function.equals("join") || function.equals("truncate") || function.equals("pad") || function.equals("split")
        ? arguments.getFirst()
        : arguments.getLast();
  }

  private JsonNode shortCut(boolean and, List<Operand> words, JsonNode dot, List<JsonNode> piped) {
    JsonNode value = MissingNode.getInstance();
    for (Operand word : words) {
      value = operand(word, dot);
      if (TemplateFunctions.isTrue(value) != and) {
        return value;
      }
    }
    return piped.isEmpty() ? value : piped.getFirst();
  }

  private JsonNode operand(Operand operand, JsonNode dot) {
    return switch (operand) {
      case GoTemplate.Literal literal -> literal.value();
      case GoTemplate.Dot _ -> dot;
      case GoTemplate.Variable variable -> variable(variable.name()).value[0];
      case GoTemplate.Inner inner -> {
        JsonNode value = compute(inner.pipeline(), dot);
        yield value;
      }
      case GoTemplate.Function function -> command(new Command(List.of(function)), dot, List.of());
      case GoTemplate.Path path -> fields(operand(path.root(), dot), path);
    };
  }

  private JsonNode fields(JsonNode start, GoTemplate.Path path) {
    JsonNode node = start;
    String parent = "";
    for (String field : path.fields()) {
      if (node == GoNil.MAP) {
        return MissingNode.getInstance();
      }
      if (!node.isObject()) {
        String what = node.isNull() || node.isMissingNode() ? "nil data" : TemplateFunctions.typeName(node);
        throw failed("can't evaluate field " + field + " in " + what);
      }
      JsonNode found = field(node, field);
      if (found.isMissingNode() && !MAPS.contains(parent)) {
        TreeSet<String> names = new TreeSet<>();
        node.fieldNames().forEachRemaining(names::add);
        throw failed("map has no entry for key \"" + field + "\"; there are " + String.join(", ", names));
      }
      node = found;
      parent = field;
    }
    return node;
  }

  /** {@code Id} and {@code ID} are mixed up by the tools themselves. */
  private static JsonNode field(JsonNode node, String field) {
    JsonNode found = node.path(field);
    return found.isMissingNode() && field.equalsIgnoreCase("id")
        ? node.path(field.equals("ID") ? "Id" : "ID")
        : found;
  }

  /** Labels are an object, or {@code key=value,…} in lists. */
  private String label(JsonNode node, String key) {
    if (headings) {
      return key.substring(key.lastIndexOf('.') + 1).replace('-', ' ').replace('_', ' ');
    }
    JsonNode labels = node.path("Labels");
    if (labels.isObject()) {
      return labels.path(key).asText("");
    }
    for (String pair : labels.asText("").split(",")) {
      if (pair.startsWith(key + "=")) {
        return pair.substring(key.length() + 1);
      }
    }
    return "";
  }

  private TemplateException failed(String why) {
    return new TemplateException(
        "template parsing error: template: :1: executing \"\" at <" + Printable.line(source) + ">: "
            + Printable.line(why));
  }
}
