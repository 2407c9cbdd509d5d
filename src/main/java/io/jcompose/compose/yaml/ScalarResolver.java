package io.jcompose.compose.yaml;

import java.math.BigInteger;

/**
 * What an unquoted scalar means. The rules are the reference's, not those of YAML's core schema:
 * {@code 0755} is octal, {@code 1_000} a number, {@code 0b11} binary, {@code 08} a float; {@code
 * yes} and {@code on} are text.
 */
final class ScalarResolver {

  private ScalarResolver() {}

  /** A String, Boolean, Long, BigInteger, Double, Timestamp, or null. */
  static Object resolve(String text) {
    if (text.isEmpty()) {
      return null;
    }
    char first = text.charAt(0);
    return switch (first) {
      case '~', 'n', 'N', 't', 'T', 'f', 'F' -> word(text);
      case '.' -> dotted(text);
      case '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number(text);
      default -> text;
    };
  }

  private static Object word(String text) {
    return switch (text) {
      case "~", "null", "Null", "NULL" -> null;
      case "true", "True", "TRUE" -> Boolean.TRUE;
      case "false", "False", "FALSE" -> Boolean.FALSE;
      default -> text;
    };
  }

  private static Object dotted(String text) {
    return switch (text) {
      case ".nan", ".NaN", ".NAN" -> Double.NaN;
      case ".inf", ".Inf", ".INF" -> Double.POSITIVE_INFINITY;
      default -> isFloat(text) ? (Object) Double.parseDouble(text) : text;
    };
  }

  private static Object number(String text) {
    switch (text) {
      case "+.inf", "+.Inf", "+.INF":
        return Double.POSITIVE_INFINITY;
      case "-.inf", "-.Inf", "-.INF":
        return Double.NEGATIVE_INFINITY;
      default:
    }
    if (isTimestamp(text)) {
      return new Scalar.Timestamp(text);
    }
    String plain = text.indexOf('_') < 0 ? text : text.replace("_", "");
    Object integer = integer(plain);
    if (integer != null) {
      return integer;
    }
    return isFloat(plain) ? (Object) Double.parseDouble(plain) : text;
  }

  /** An integer with an optional prefix for its base, or null. */
  private static Object integer(String text) {
    boolean negative = text.startsWith("-");
    String digits = negative || text.startsWith("+") ? text.substring(1) : text;
    int radix = 10;
    if (digits.length() > 1 && digits.charAt(0) == '0') {
      switch (Character.toLowerCase(digits.charAt(1))) {
        case 'x' -> radix = 16;
        case 'b' -> radix = 2;
        case 'o' -> radix = 8;
        default -> radix = 0;
      }
      digits = digits.substring(radix == 0 ? 1 : 2);
      radix = radix == 0 ? 8 : radix;
    }
    if (digits.isEmpty() || digits.length() > 70) {
      return null;
    }
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) > 127 || Character.digit(digits.charAt(i), radix) < 0) {
        return null;
      }
    }
    BigInteger value = new BigInteger(digits, radix);
    value = negative ? value.negate() : value;
    if (value.bitLength() < 64) {
      return value.longValue();
    }
    return value.signum() > 0 && value.bitLength() == 64 ? value : null;
  }

  /** {@code [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?}. */
  private static boolean isFloat(String text) {
    int at = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
    int whole = digits(text, at);
    at += whole;
    if (at < text.length() && text.charAt(at) == '.') {
      int fraction = digits(text, at + 1);
      if (whole + fraction == 0) {
        return false;
      }
      at += 1 + fraction;
    } else if (whole == 0) {
      return false;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '-' || text.charAt(at) == '+')) {
        at++;
      }
      int exponent = digits(text, at);
      if (exponent == 0) {
        return false;
      }
      at += exponent;
    }
    return at == text.length();
  }

  /** {@code YYYY-M-D}, alone or followed by a time. */
  private static boolean isTimestamp(String text) {
    if (digits(text, 0) != 4 || text.length() < 8 || text.charAt(4) != '-') {
      return false;
    }
    int month = digits(text, 5);
    int at = 5 + month;
    if (month < 1 || month > 2 || at >= text.length() || text.charAt(at) != '-') {
      return false;
    }
    int day = digits(text, at + 1);
    if (day < 1 || day > 2) {
      return false;
    }
    int m = Integer.parseInt(text, 5, at, 10);
    int d = Integer.parseInt(text, at + 1, at + 1 + day, 10);
    if (m < 1 || m > 12 || d < 1 || d > 31) {
      return false;
    }
    String rest = text.substring(at + 1 + day);
    return rest.isEmpty() || isTime(rest);
  }

  private static boolean isTime(String text) {
    if ("Tt ".indexOf(text.charAt(0)) < 0) {
      return false;
    }
    int at = 1;
    for (int part = 0; part < 3; part++) {
      int n = digits(text, at);
      if (n < 1 || n > 2) {
        return false;
      }
      at += n;
      if (part < 2) {
        if (at >= text.length() || text.charAt(at) != ':') {
          return false;
        }
        at++;
      }
    }
    if (at < text.length() && text.charAt(at) == '.') {
      at += 1 + digits(text, at + 1);
    }
    if (text.charAt(0) == ' ') {
      return at == text.length();
    }
    String zone = text.substring(at);
    return zone.equals("Z")
        || zone.length() == 6
            && "+-".indexOf(zone.charAt(0)) >= 0
            && digits(zone, 1) == 2
            && zone.charAt(3) == ':'
            && digits(zone, 4) == 2;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }
}
