package io.jcompose.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jcompose.cli.render.GoTemplate.Command;
import io.jcompose.cli.render.GoTemplate.Node;
import io.jcompose.cli.render.GoTemplate.Operand;
import io.jcompose.cli.render.GoTemplate.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text of a template → nodes. */
final class TemplateParser {
  /** A word, and whether white space stands before it. */
  private record Token(String text, boolean spaced) {}

  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\\\n]|\\\\.)*\"|`[^`]*`|'(?:[^'\\\\]|\\\\.)+'|:=|=|\\||\\(|\\)|,"
              + "|\\$?[\\p{L}_][\\p{L}\\p{N}_]*|\\$|[-+]?[0-9][0-9.]*|\\.[\\p{L}_][\\p{L}\\p{N}_]*|\\.");
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]+(\\.[0-9]*)?");
  private final String text;
  private int at;
  private List<Token> tokens = List.of();
  private int next;
  private String action = "";

  /** Why the last list of nodes ended: an action of these, or the end of the text. */
  private String ending = "";

  private int depth;
  private int loops;

  TemplateParser(String text) {
    this.text = text;
  }

  List<Node> parse() {
    List<Node> nodes = list();
    if (!ending.isEmpty()) {
      throw bad("unexpected {{" + ending + "}}");
    }
    return nodes;
  }

  private TemplateException bad(String why) {
    int line = 1 + (int) text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
    return new TemplateException("template parsing error: template: :" + line + ": " + Printable.line(why));
  }

  private List<Node> list() {
    if (++depth > 100) {
      throw bad("blocks are nested too deeply");
    }
    List<Node> nodes = new ArrayList<>();
    boolean trim = false;
    while (true) {
      int open = text.indexOf("{{", at);
      String plain = text.substring(at, open < 0 ? text.length() : open);
      boolean trimBefore =
          open >= 0 && text.startsWith("{{-", open) && open + 3 < text.length()
              && Character.isWhitespace(text.charAt(open + 3));
      plain = trim || trimmedNext ? plain.stripLeading() : plain;
      trimmedNext = false;
      plain = trimBefore ? plain.stripTrailing() : plain;
      if (!plain.isEmpty()) {
        nodes.add(new GoTemplate.Text(plain));
      }
      if (open < 0) {
        at = text.length();
        ending = "";
        depth--;
        return List.copyOf(nodes);
      }
      int start = open + (trimBefore ? 3 : 2);
      int close = close(start);
      action = text.substring(start, close);
      boolean trimAfter = action.endsWith("-") && action.length() > 1
          && Character.isWhitespace(action.charAt(action.length() - 2));
      action = (trimAfter ? action.substring(0, action.length() - 1) : action).strip();
      at = close + 2;
      trimmedNext = trimAfter;
      if (action.startsWith("/*")) {
        continue;
      }
      tokenize();
      String word = next < tokens.size() ? tokens.get(next).text : "";
      if (word.equals("end") || word.equals("else")) {
        next++;
        ending = word;
        depth--;
        return List.copyOf(nodes);
      }
      nodes.add(node(word));
    }
  }

  private boolean trimmedNext;

  /** The action's end; braces within strings don't count. */
  private int close(int from) {
    char quote = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        if (c == '\\' && quote != '`') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '"' || c == '`' || c == '\'') {
        quote = c;
      } else if (text.startsWith("}}", i)) {
        return i;
      }
    }
    throw bad(quote == 0 ? "unclosed action" : "unterminated quoted string");
  }

  private void tokenize() {
    List<Token> found = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(action);
    int i = 0;
    while (i < action.length()) {
      int begin = i;
      while (i < action.length() && Character.isWhitespace(action.charAt(i))) {
        i++;
      }
      if (i == action.length()) {
        break;
      }
      matcher.region(i, action.length());
      if (!matcher.lookingAt()) {
        throw bad("unexpected \"" + action.charAt(i) + "\" in command");
      }
      found.add(new Token(matcher.group(), i > begin || found.isEmpty()));
      i = matcher.end();
    }
    tokens = found;
    next = 0;
  }

  private Node node(String word) {
    switch (word) {
      case "if", "with" -> {
        next++;
        return condition(word);
      }
      case "range" -> {
        next++;
        Pipeline over = pipeline("range");
        finished();
        loops++;
        List<Node> body = list();
        loops--;
        List<Node> otherwise = List.of();
        if (ending.equals("else")) {
          finished();
          otherwise = list();
        }
        needEnd();
        return new GoTemplate.Range(over, body, otherwise);
      }
      case "break", "continue" -> {
        next++;
        finished();
        if (loops == 0) {
          throw bad("{{" + word + "}} outside {{range}}");
        }
        return new GoTemplate.Jump(word.equals("continue"));
      }
      case "define", "template", "block" ->
          throw bad("{{" + word + "}} is of no use in a format: write it out in its place");
      default -> {
        Pipeline pipeline = pipeline("command");
        finished();
        return new GoTemplate.Print(pipeline);
      }
    }
  }

  private Node condition(String kind) {
    Pipeline condition = pipeline(kind);
    finished();
    List<Node> then = list();
    List<Node> otherwise = List.of();
    if (ending.equals("else")) {
      if (next < tokens.size() && (accept("if") || accept("with"))) {
        String inner = tokens.get(next - 1).text;
        // the {{end}} of an "else if" ends the whole
        otherwise = List.of(condition(inner));
        return new GoTemplate.If(condition, kind.equals("with"), then, otherwise);
      }
      finished();
      otherwise = list();
    }
    needEnd();
    return new GoTemplate.If(condition, kind.equals("with"), then, otherwise);
  }

  private void needEnd() {
    if (!ending.equals("end")) {
      throw bad(ending.isEmpty() ? "unexpected EOF" : "unexpected {{" + ending + "}}");
    }
    finished();
  }

  private void finished() {
    if (next < tokens.size()) {
      throw bad("unexpected \"" + tokens.get(next).text + "\" in {{" + action + "}}");
    }
  }

  private boolean accept(String token) {
    boolean there = next < tokens.size() && tokens.get(next).text.equals(token);
    next += there ? 1 : 0;
    return there;
  }

  private Pipeline pipeline(String where) {
    List<String> variables = new ArrayList<>();
    boolean declares = false;
    int back = next;
    while (next < tokens.size() && tokens.get(next).text.startsWith("$")) {
      variables.add(tokens.get(next++).text);
      if (accept(":=")) {
        declares = true;
        back = next;
        break;
      }
      if (accept("=")) {
        back = next;
        break;
      }
      if (!where.equals("range") || !accept(",")) {
        break;
      }
    }
    if (back != next) {
      next = back;
      variables.clear();
    }
    if (variables.size() > (where.equals("range") ? 2 : 1)) {
      throw bad("too many declarations in " + where);
    }
    List<Command> commands = new ArrayList<>();
    do {
      commands.add(command(where));
    } while (accept("|"));
    return new Pipeline(List.copyOf(variables), declares, commands, action);
  }

  private Command command(String where) {
    List<Operand> words = new ArrayList<>();
    while (next < tokens.size() && !tokens.get(next).text.equals("|") && !tokens.get(next).text.equals(")")) {
      words.add(operand());
    }
    if (words.isEmpty()) {
      throw bad("missing value for " + where);
    }
    return new Command(List.copyOf(words));
  }

  private Operand operand() {
    Token token = tokens.get(next++);
    Operand root;
    List<String> fields = new ArrayList<>();
    if (token.text.equals("(")) {
      if (++depth > 100) {
        throw bad("parentheses are nested too deeply");
      }
      root = new GoTemplate.Inner(pipeline("parenthesized pipeline"));
      depth--;
      if (!accept(")")) {
        throw bad("unclosed left paren");
      }
    } else if (token.text.startsWith("$")) {
      root = new GoTemplate.Variable(token.text);
    } else if (token.text.equals(".")) {
      root = new GoTemplate.Dot();
    } else if (token.text.startsWith(".")) {
      root = new GoTemplate.Dot();
      fields.add(token.text.substring(1));
    } else {
      return word(token.text);
    }
    while (next < tokens.size() && !tokens.get(next).spaced && tokens.get(next).text.matches("\\..+")) {
      fields.add(tokens.get(next++).text.substring(1));
    }
    return fields.isEmpty() ? root : new GoTemplate.Path(root, List.copyOf(fields));
  }

  private Operand word(String word) {
    char first = word.charAt(0);
    if (first == '"' || first == '`') {
      return new GoTemplate.Literal(TextNode.valueOf(unquote(word)));
    }
    if (first == '\'') {
      return new GoTemplate.Literal(LongNode.valueOf(unquote(word).codePointAt(0)));
    }
    if (NUMBER.matcher(word).matches()) {
      JsonNode number =
          word.contains(".") ? DoubleNode.valueOf(Double.parseDouble(word)) : LongNode.valueOf(integer(word));
      return new GoTemplate.Literal(number);
    }
    return switch (word) {
      case "true" -> new GoTemplate.Literal(BooleanNode.TRUE);
      case "false" -> new GoTemplate.Literal(BooleanNode.FALSE);
      case "nil" -> new GoTemplate.Literal(NullNode.instance);
      default -> {
        if (!TemplateFunctions.knows(word)) {
          throw bad(
              Character.isLetter(first)
                  ? "function \"" + word + "\" not defined"
                  : "unexpected \"" + word + "\" in operand");
        }
        yield new GoTemplate.Function(word);
      }
    };
  }

  private long integer(String word) {
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      throw bad("illegal number syntax: \"" + word + "\"");
    }
  }

  private static String unquote(String word) {
    String inner = word.substring(1, word.length() - 1);
    if (word.charAt(0) == '`') {
      return inner;
    }
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < inner.length(); i++) {
      char c = inner.charAt(i);
      if (c == '\\' && i + 1 < inner.length()) {
        char escaped = inner.charAt(++i);
        plain.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 't' -> '\t';
              case 'r' -> '\r';
              default -> escaped;
            });
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
