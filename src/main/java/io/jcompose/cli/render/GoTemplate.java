package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A template as {@code --format} takes it: the part of Go's text/template (its package
 * documentation) that people use, over JSON. Fields, variables, pipelines, {@code if}, {@code
 * range}, {@code with}, {@code break}, {@code continue}, and the functions of {@link
 * TemplateFunctions}. Values are {@link JsonNode}s.
 */
public final class GoTemplate {
  /** What a template is made of. */
  sealed interface Node {}

  record Text(String text) implements Node {}

  record Print(Pipeline pipeline) implements Node {}

  record If(Pipeline condition, boolean with, List<Node> then, List<Node> otherwise) implements Node {}

  record Range(Pipeline over, List<Node> body, List<Node> otherwise) implements Node {}

  record Jump(boolean again) implements Node {}

  /** Commands, each fed by the one before; {@code variables} take the value, two of them in a range. */
  record Pipeline(List<String> variables, boolean declares, List<Command> commands, String source) {}

  record Command(List<Operand> words) {}

  /** A value to start from and fields of it. */
  sealed interface Operand {}

  record Literal(JsonNode value) implements Operand {}

  record Function(String name) implements Operand {}

  /** {@code .A.B} with an empty root, {@code $x.A}, {@code (…).A}. */
  record Path(Operand root, List<String> fields) implements Operand {}

  record Dot() implements Operand {}

  record Variable(String name) implements Operand {}

  record Inner(Pipeline pipeline) implements Operand {}

  private final List<Node> nodes;

  private GoTemplate(List<Node> nodes) {
    this.nodes = nodes;
  }

  /** Reads a template; what is wrong with it is said as the Docker tools do. */
  public static GoTemplate parse(String text) {
    return new GoTemplate(new TemplateParser(text).parse());
  }

  /** Fills the template with {@code data}. */
  public String render(JsonNode data) {
    return new TemplateRun(data, false).run(nodes);
  }

  /** Like {@link #render(JsonNode)}, but text functions give {@code data}'s headings unchanged. */
  String renderHeadings(JsonNode data) {
    return new TemplateRun(data, true).run(nodes);
  }
}
