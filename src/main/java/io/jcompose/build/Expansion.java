package io.jcompose.build;

import java.util.Optional;
import java.util.function.Function;

/**
 * Expands variables and takes away quotes in one word, as the Dockerfile reference describes it
 * ("Environment replacement") and with the forms of shell that the reference implementation knows
 * besides: {@code ${v-x}}, {@code ${v+x}}, {@code ${v?e}} with and without colon, {@code ${v#p}},
 * {@code ${v%p}}, {@code ${v/p/r}}.
 */
final class Expansion {
  private static final int DEEPEST = 50;
  private final Text at;
  private final String word;
  private final char escape;
  private final Function<String, Optional<String>> variables;
  private int position;
  private int depth;

  private Expansion(
      Text at, String word, char escape, Function<String, Optional<String>> variables) {
    this.at = at;
    this.word = word;
    this.escape = escape;
    this.variables = variables;
  }

  static String of(Text word, char escape, Function<String, Optional<String>> variables) {
    return of(word, word.value(), escape, variables);
  }

  /** Expands {@code word}; {@code at} is where errors point to. */
  static String of(
      Text at, String word, char escape, Function<String, Optional<String>> variables) {
    return new Expansion(at, word, escape, variables).until((char) 0);
  }

  /** The body of a here-document: variables are replaced, quotes stay. */
  static String ofBody(
      String body, Text at, char escape, Function<String, Optional<String>> variables) {
    StringBuilder result = new StringBuilder();
    Expansion expansion = new Expansion(at, body, escape, variables);
    while (expansion.position < body.length()) {
      char c = body.charAt(expansion.position);
      boolean escaped =
          c == escape
              && expansion.position + 1 < body.length()
              && (body.charAt(expansion.position + 1) == '$'
                  || body.charAt(expansion.position + 1) == escape);
      if (escaped) {
        result.append(body.charAt(expansion.position + 1));
        expansion.position += 2;
      } else if (c == '$') {
        result.append(expansion.dollar());
      } else {
        result.append(c);
        expansion.position++;
      }
    }
    return result.toString();
  }

  /** Reads up to {@code end}, which is consumed; 0 stands for the end of the word. */
  private String until(char end) {
    StringBuilder result = new StringBuilder();
    while (position < word.length()) {
      char c = word.charAt(position);
      if (end != 0 && c == end) {
        position++;
        return result.toString();
      }
      if (c == '\'') {
        result.append(singleQuoted());
      } else if (c == '"') {
        result.append(doubleQuoted());
      } else if (c == '$') {
        result.append(dollar());
      } else if (c == escape) {
        position++;
        if (position < word.length()) {
          result.append(word.charAt(position++));
        }
      } else {
        result.append(c);
        position++;
      }
    }
    if (end != 0) {
      throw error("the expression has no end: \"" + end + "\" is missing");
    }
    return result.toString();
  }

  private String singleQuoted() {
    int end = word.indexOf('\'', position + 1);
    if (end < 0) {
      throw error("a single quote has no end");
    }
    String literal = word.substring(position + 1, end);
    position = end + 1;
    return literal;
  }

  private String doubleQuoted() {
    StringBuilder result = new StringBuilder();
    position++;
    while (position < word.length()) {
      char c = word.charAt(position);
      if (c == '"') {
        position++;
        return result.toString();
      }
      if (c == '$') {
        result.append(dollar());
      } else if (c == escape && position + 1 < word.length()) {
        char following = word.charAt(position + 1);
        if (following != '"' && following != '$' && following != escape) {
          result.append(c);
        }
        result.append(following);
        position += 2;
      } else {
        result.append(c);
        position++;
      }
    }
    throw error("a double quote has no end");
  }

  private String dollar() {
    position++;
    if (position < word.length() && word.charAt(position) == '{') {
      position++;
      if (++depth > DEEPEST) {
        throw error("variables are nested deeper than " + DEEPEST);
      }
      String value = braced();
      depth--;
      return value;
    }
    String name = name();
    return name.isEmpty() ? "$" : variables.apply(name).orElse("");
  }

  private String name() {
    int start = position;
    while (position < word.length()) {
      char c = word.charAt(position);
      boolean letter = c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean digit = c >= '0' && c <= '9';
      if (!letter && !digit) {
        break;
      }
      position++;
      if (digit && position == start + 1) {
        break;
      }
    }
    return word.substring(start, position);
  }

  private String braced() {
    String name = name();
    if (name.isEmpty()) {
      throw error("\"${\" is not followed by a variable's name");
    }
    if (position >= word.length()) {
      throw error("\"${" + name + "\" has no closing brace");
    }
    Optional<String> value = variables.apply(name);
    char operator = word.charAt(position++);
    return switch (operator) {
      case '}' -> value.orElse("");
      case ':' -> {
        char second = position < word.length() ? word.charAt(position++) : 0;
        if (second != '-' && second != '+' && second != '?') {
          throw error("\"${" + name + ":" + second + "\" is not an operation that is known");
        }
        yield choose(name, second, value.filter(v -> !v.isEmpty()));
      }
      case '-', '+', '?' -> choose(name, operator, value);
      case '#', '%' -> {
        boolean longest = position < word.length() && word.charAt(position) == operator;
        position += longest ? 1 : 0;
        ShellPattern pattern = ShellPattern.of(until('}'));
        String text = value.orElse("");
        yield operator == '#' ? pattern.cutStart(text, longest) : pattern.cutEnd(text, longest);
      }
      case '/' -> {
        boolean all = position < word.length() && word.charAt(position) == '/';
        position += all ? 1 : 0;
        ShellPattern pattern = ShellPattern.of(until('/'));
        yield pattern.replace(value.orElse(""), until('}'), all);
      }
      default -> throw error("\"${" + name + operator + "\" is not an operation that is known");
    };
  }

  private String choose(String name, char operator, Optional<String> value) {
    String other = until('}');
    return switch (operator) {
      case '-' -> value.orElse(other);
      case '+' -> value.isPresent() ? other : "";
      default ->
          value.orElseThrow(
              () -> error(name + ": " + (other.isEmpty() ? "the variable is not set" : other)));
    };
  }

  private BuildException error(String message) {
    return at.error(message);
  }
}
