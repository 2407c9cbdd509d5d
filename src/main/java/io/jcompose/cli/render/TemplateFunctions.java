package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The functions of templates: Go's own and those that the Docker tools add. */
final class TemplateFunctions {
  private static final Set<String> NAMES =
      Set.of(
          "and", "or", "not", "len", "index", "slice", "eq", "ne", "lt", "le", "gt", "ge", "print", "println",
          "printf", "html", "js", "urlquery", "json", "join", "split", "title", "lower", "upper", "pad",
          "truncate");
  private static final Set<String> TEXTUAL =
      Set.of("json", "join", "split", "title", "lower", "upper", "pad", "truncate");
  private static final Pattern VERB = Pattern.compile("%([-+# 0]*)([0-9]*)(?:\\.([0-9]+))?([a-zA-Z%])");
  private static final int WIDEST = 10_000;

  private TemplateFunctions() {}

  static boolean knows(String name) {
    return NAMES.contains(name);
  }

  /** Whether a heading passes through it as it is. */
  static boolean changesText(String name) {
    return TEXTUAL.contains(name);
  }

  static boolean isTrue(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> value.doubleValue() != 0;
      case STRING -> !value.textValue().isEmpty();
      case ARRAY, OBJECT -> !value.isEmpty();
      default -> false;
    };
  }

  static String typeName(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> "type bool";
      case NUMBER -> value.isIntegralNumber() ? "type int64" : "type float64";
      case STRING -> "type string";
      case ARRAY -> "type []interface {}";
      case OBJECT -> "type map[string]interface {}";
      default -> "nil data";
    };
  }

  /** Go's {@code %v}. */
  static String print(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.textValue();
      case ARRAY -> {
        List<String> items = new ArrayList<>();
        value.forEach(item -> items.add(print(item)));
        yield "[" + String.join(" ", items) + "]";
      }
      case OBJECT -> {
        Map<String, String> items = new TreeMap<>();
        value.properties().forEach(item -> items.put(item.getKey(), print(item.getValue())));
        yield items.entrySet().stream()
            .map(item -> item.getKey() + ":" + item.getValue())
            .collect(Collectors.joining(" ", "map[", "]"));
      }
      case NULL, MISSING -> value instanceof GoNil nil ? nil.printed() : "<no value>";
      default -> value.asText();
    };
  }

  static JsonNode call(String name, List<JsonNode> a) {
    return switch (name) {
      case "not" -> BooleanNode.valueOf(!isTrue(one(a)));
      case "len" -> LongNode.valueOf(length(one(a)));
      case "index" -> index(a);
      case "slice" -> slice(a);
      case "eq" -> BooleanNode.valueOf(need(a, 2).subList(1, a.size()).stream().anyMatch(b -> equal(a.getFirst(), b)));
      case "ne" -> BooleanNode.valueOf(!equal(need(a, 2).get(0), a.get(1)));
      case "lt" -> BooleanNode.valueOf(compare(need(a, 2)) < 0);
      case "le" -> BooleanNode.valueOf(compare(need(a, 2)) <= 0);
      case "gt" -> BooleanNode.valueOf(compare(need(a, 2)) > 0);
      case "ge" -> BooleanNode.valueOf(compare(need(a, 2)) >= 0);
      case "print" -> text(joined(a, false));
      case "println" -> text(joined(a, true) + "\n");
      case "printf" -> text(printf(need(a, 1)));
      case "html" ->
          text(
              joined(a, false).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                  .replace("\"", "&#34;").replace("'", "&#39;"));
      case "js" -> text(joined(a, false).replace("\\", "\\\\").replace("'", "\\'").replace("\"", "\\\""));
      case "urlquery" -> text(URLEncoder.encode(joined(a, false), StandardCharsets.UTF_8));
      case "json" -> text(one(a).isMissingNode() ? "null" : one(a).toString());
      case "join" -> {
        List<String> items = new ArrayList<>();
        need(a, 2).get(0).forEach(item -> items.add(print(item)));
        yield text(String.join(a.get(1).asText(), items));
      }
      case "split" -> {
        ArrayNode parts = JsonNodeFactory.instance.arrayNode();
        String separator = need(a, 2).get(1).asText();
        for (String part : a.getFirst().asText().split(Pattern.quote(separator), -1)) {
          parts.add(part);
        }
        yield parts;
      }
      case "title" -> text(title(print(one(a))));
      case "lower" -> text(print(one(a)).toLowerCase(Locale.ROOT));
      case "upper" -> text(print(one(a)).toUpperCase(Locale.ROOT));
      case "pad" -> {
        String source = print(need(a, 3).get(0));
        yield text(
            source.isEmpty() ? source : " ".repeat(width(a.get(1))) + source + " ".repeat(width(a.get(2))));
      }
      case "truncate" -> {
        String source = print(need(a, 2).get(0));
        int most = width(a.get(1));
        int count = source.codePointCount(0, source.length());
        yield text(count <= most ? source : source.substring(0, source.offsetByCodePoints(0, most)));
      }
      default -> throw new TemplateException("function \"" + name + "\" not defined");
    };
  }

  private static int width(JsonNode node) {
    return Math.clamp(node.asInt(), 0, WIDEST);
  }

  private static TextNode text(String text) {
    return TextNode.valueOf(text);
  }

  private static JsonNode one(List<JsonNode> arguments) {
    return need(arguments, 1).getFirst();
  }

  private static List<JsonNode> need(List<JsonNode> arguments, int count) {
    if (arguments.size() < count) {
      throw new TemplateException("wrong number of args: want at least " + count + " got " + arguments.size());
    }
    return arguments;
  }

  private static int length(JsonNode value) {
    if (value instanceof GoNil nil && nil.isCollection()) {
      return 0;
    }
    return switch (value.getNodeType()) {
      case STRING -> value.textValue().getBytes(StandardCharsets.UTF_8).length;
      case ARRAY, OBJECT -> value.size();
      default -> throw new TemplateException("len of " + typeName(value));
    };
  }

  private static JsonNode index(List<JsonNode> arguments) {
    JsonNode node = one(arguments);
    for (JsonNode key : arguments.subList(1, arguments.size())) {
      if (node.isArray()) {
        int at = key.isIntegralNumber() ? key.intValue() : -1;
        if (at < 0 || at >= node.size()) {
          throw new TemplateException("index out of range: " + print(key));
        }
        node = node.get(at);
      } else if (node.isObject()) {
        node = node.path(print(key));
      } else if (node == GoNil.MAP) {
        node = MissingNode.getInstance();
      } else if (node == GoNil.LIST) {
        throw new TemplateException("index out of range: " + print(key));
      } else if (node.isNull() || node.isMissingNode()) {
        throw new TemplateException("index of untyped nil");
      } else {
        throw new TemplateException("can't index item of " + typeName(node));
      }
    }
    // a missing key of a map of texts is an empty text
    return node instanceof MissingNode ? text("") : node;
  }

  private static JsonNode slice(List<JsonNode> a) {
    JsonNode value = one(a);
    int size = length(value);
    int from = a.size() > 1 ? a.get(1).asInt() : 0;
    int to = a.size() > 2 ? a.get(2).asInt() : size;
    if (from < 0 || to < from || to > size) {
      throw new TemplateException("index out of range: " + from + ":" + to);
    }
    if (value.isTextual()) {
      byte[] bytes = value.textValue().getBytes(StandardCharsets.UTF_8);
      return text(new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
    ArrayNode part = JsonNodeFactory.instance.arrayNode();
    for (int i = from; i < to; i++) {
      part.add(value.get(i));
    }
    return part;
  }

  private static boolean equal(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    if ((a.isNull() || a.isMissingNode()) && (b.isNull() || b.isMissingNode())) {
      return true;
    }
    if (a.isValueNode() && b.isValueNode() && !a.isNull() && !b.isNull() && a.getNodeType() != b.getNodeType()) {
      throw new TemplateException("incompatible types for comparison");
    }
    return a.equals(b);
  }

  private static int compare(List<JsonNode> a) {
    if (a.get(0).isNumber() && a.get(1).isNumber()) {
      return a.get(0).decimalValue().compareTo(a.get(1).decimalValue());
    }
    if (a.get(0).isTextual() && a.get(1).isTextual()) {
      return a.get(0).textValue().compareTo(a.get(1).textValue());
    }
    throw new TemplateException("incompatible types for comparison");
  }

  /** Go's Print puts a space between two operands when neither is a text, Println always. */
  private static String joined(List<JsonNode> arguments, boolean always) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < arguments.size(); i++) {
      boolean apart = i > 0 && !arguments.get(i - 1).isTextual() && !arguments.get(i).isTextual();
      text.append(i > 0 && (always || apart) ? " " : "").append(print(arguments.get(i)));
    }
    return text.toString();
  }

  private static String title(String text) {
    StringBuilder titled = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (i == 0 || Character.isWhitespace(text.charAt(i - 1))) {
        titled.setCharAt(i, Character.toTitleCase(text.charAt(i)));
      }
    }
    return titled.toString();
  }

  private static String printf(List<JsonNode> arguments) {
    Matcher matcher = VERB.matcher(print(arguments.getFirst()));
    StringBuilder out = new StringBuilder();
    int next = 1;
    while (matcher.find()) {
      String shown;
      if (matcher.group(4).equals("%")) {
        shown = "%";
      } else if (next >= arguments.size()) {
        shown = "%!" + matcher.group(4) + "(MISSING)";
      } else {
        shown = formatted(matcher, arguments.get(next++));
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(shown));
    }
    matcher.appendTail(out);
    return out.toString();
  }

  private static String formatted(Matcher verb, JsonNode value) {
    String body =
        switch (verb.group(4)) {
          case "s", "v", "d", "t" ->
              verb.group(3) != null && verb.group(4).equals("s")
                  ? print(value).substring(0, Math.min(print(value).length(), Integer.parseInt(verb.group(3))))
                  : print(value);
          case "q" -> value.isTextual() ? value.toString() : "\"" + print(value) + "\"";
          case "x" -> Long.toHexString(value.asLong());
          case "o" -> Long.toOctalString(value.asLong());
          case "b" -> Long.toBinaryString(value.asLong());
          case "f" -> {
            int digits = verb.group(3) == null ? 6 : Math.min(100, Integer.parseInt(verb.group(3)));
            yield String.format(Locale.ROOT, "%." + digits + "f", value.asDouble());
          }
          case "T" -> typeName(value).substring(5);
          default -> "%!" + verb.group(4) + "(" + print(value) + ")";
        };
    int width = verb.group(2).isEmpty() ? 0 : Math.min(WIDEST, Integer.parseInt(verb.group(2)));
    int missing = Math.max(0, width - body.codePointCount(0, body.length()));
    String flags = verb.group(1);
    if (flags.contains("-")) {
      return body + " ".repeat(missing);
    }
    return (flags.contains("0") && value.isNumber() ? "0" : " ").repeat(missing) + body;
  }
}
