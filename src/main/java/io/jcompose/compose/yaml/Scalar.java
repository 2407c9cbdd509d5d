package io.jcompose.compose.yaml;

import java.math.BigInteger;
import java.util.List;
import java.util.Objects;

/**
 * A text, number, boolean, timestamp or null. Two scalars are equal when their values are, wherever
 * they were written.
 */
public final class Scalar extends Node {

  /** A date or time, which no attribute accepts. */
  public record Timestamp(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private final Object value;

  /**
   * A scalar.
   *
   * @param value a String, Boolean, Long, BigInteger, Double, Timestamp, or null
   */
  public Scalar(Place place, Object value) {
    super(place);
    this.value = value;
  }

  /** A String, Boolean, Long, BigInteger, Double, Timestamp, or null. */
  public Object value() {
    return value;
  }

  @Override
  public boolean isNull() {
    return value == null;
  }

  public boolean isText() {
    return value instanceof String;
  }

  public boolean isInteger() {
    return value instanceof Long || value instanceof BigInteger;
  }

  public boolean isNumber() {
    return value instanceof Number;
  }

  public boolean isBoolean() {
    return value instanceof Boolean;
  }

  /** The value as text, numbers in their shortest form; null is empty. */
  public String text() {
    return switch (value) {
      case null -> "";
      case Double d -> Numbers.format(d);
      default -> value.toString();
    };
  }

  @Override
  Node copyValue(List<Via> steps) {
    return new Scalar(moved(place(), steps), value);
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public String kind() {
    return switch (value) {
      case null -> "null";
      case String s -> "text";
      case Boolean b -> "true or false";
      case Timestamp t -> "a date";
      case Double d -> "a number";
      default -> "a whole number";
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Scalar that && Objects.equals(value, that.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }

  @Override
  public String toString() {
    return String.valueOf(value);
  }
}
