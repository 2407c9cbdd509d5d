package io.jcompose.compose.canon;

import io.jcompose.compose.ComposeException;
import io.jcompose.compose.yaml.ListNode;
import io.jcompose.compose.yaml.MapNode;
import io.jcompose.compose.yaml.Node;
import io.jcompose.compose.yaml.Scalar;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How an attribute is written in canonical form. */
@FunctionalInterface
interface Field {

  /**
   * The canonical value, or null when the attribute says nothing and is left out.
   *
   * @throws ComposeException when the value itself can't be read; for one in a collection that is
   *     reported, and the collection is without it
   */
  Node format(Node value, Spot spot);

  /** As it is, unless it is null. */
  Field ANY = (n, spot) -> n.isNull() ? null : n;

  /** As it is, even null. */
  Field KEPT = (n, spot) -> n;

  /** Text; empty is left out. */
  Field TEXT =
      (n, spot) -> {
        Scalar s = scalar(n, spot);
        return s.text().isEmpty() ? null : new Scalar(s.place(), s.text());
      };

  /** A truth value of which only true says something. */
  Field FLAG = (n, spot) -> Boolean.TRUE.equals(scalar(n, spot).value()) ? n : null;

  /** A whole number of which 0 says nothing. */
  Field INTEGER = number(false, false);

  /** A whole number of which 0 says something. */
  Field OPTIONAL_INTEGER = number(true, false);

  /** A number of which 0 says nothing. */
  Field DECIMAL = number(false, true);

  /** Bytes, as text; 0 says nothing. */
  Field BYTES =
      (n, spot) -> {
        if (n.isNull()) {
          return null;
        }
        Scalar s = scalar(n, spot);
        long bytes =
            ByteSize.parse(s.text())
                .orElseThrow(
                    () ->
                        new ComposeException(
                            n.place()
                                .problem(spot.path(), "invalid size: '" + s.text() + "'")
                                .withHint("write a number and a unit, such as 512m or 1.5g")));
        return bytes == 0 ? null : new Scalar(s.place(), Long.toString(bytes));
      };

  /** A duration, even 0. */
  Field DURATION =
      (n, spot) -> {
        if (n.isNull()) {
          return null;
        }
        Scalar s = scalar(n, spot);
        return DurationText.parse(s.text())
            .map(d -> new Scalar(n.place(), DurationText.format(d)))
            .orElseThrow(
                () ->
                    new ComposeException(
                        n.place()
                            .problem(spot.path(), "invalid duration \"" + s.text() + "\"")
                            .withHint("write a number and a unit, such as 1m30s")));
      };

  /** A duration of which 0 says nothing. */
  Field TIME =
      (n, spot) -> {
        Node duration = DURATION.format(n, spot);
        return duration instanceof Scalar s && s.text().equals("0s") ? null : duration;
      };

  /** A list of texts; a lone text is a list of one. Nothing in it says nothing. */
  Field TEXTS =
      (n, spot) -> {
        ListNode list = new ListNode(n.place());
        if (n instanceof ListNode many) {
          many.items()
              .forEach(i -> list.items().add(new Scalar(i.place(), scalar(i, spot).text())));
        } else if (n instanceof Scalar s && !s.isNull()) {
          list.items().add(new Scalar(s.place(), s.text()));
        }
        return list.items().isEmpty() ? null : list;
      };

  /** A command: text is split as by a shell. Null stays. */
  Field COMMAND =
      (n, spot) -> {
        if (n instanceof MapNode) {
          return null;
        }
        if (n instanceof Scalar s && !s.isNull()) {
          List<String> words =
              ShellWords.split(s.text())
                  .orElseThrow(() -> n.place().error(spot.path(), "invalid command line string"));
          ListNode list = new ListNode(n.place());
          words.forEach(w -> list.items().add(new Scalar(n.place(), w)));
          return list;
        }
        if (n instanceof ListNode many) {
          ListNode list = new ListNode(n.place());
          many.items()
              .forEach(i -> list.items().add(new Scalar(i.place(), scalar(i, spot).text())));
          return list;
        }
        return n;
      };

  /** A command, left out when null. */
  Field OPTIONAL_COMMAND = (n, spot) -> n.isNull() ? null : COMMAND.format(n, spot);

  /** A health check's test. */
  Field TEST =
      (n, spot) -> {
        if (n instanceof Scalar s && !s.isNull()) {
          ListNode list = new ListNode(n.place());
          list.items().add(new Scalar(n.place(), "CMD-SHELL"));
          list.items().add(new Scalar(n.place(), s.text()));
          return list;
        }
        return TEXTS.format(n, spot);
      };

  /** Variables; one without a value stays null. */
  Field VARIABLES = pairs(true);

  /** Labels, options and the like; one without a value is empty. */
  Field LABELS = pairs(false);

  /** Hosts, as a sorted list of {@code name=address}. */
  Field HOSTS =
      (n, spot) -> {
        Map<String, List<Scalar>> hosts = new HashMap<>();
        if (n instanceof MapNode map) {
          map.entries()
              .forEach(
                  (name, addresses) -> {
                    List<Node> all =
                        addresses instanceof ListNode l ? l.items() : List.of(addresses);
                    all.forEach(a -> add(hosts, name, scalar(a, spot).text(), a));
                  });
        } else if (n instanceof ListNode list) {
          for (Node item : list.items()) {
            String text = scalar(item, spot).text();
            int cut = text.indexOf('=');
            cut = cut >= 0 ? cut : text.indexOf(':');
            String name = cut < 0 ? "" : text.substring(0, cut);
            if (cut < 0) {
              throw item.place().error(spot.path(), "invalid additional host, missing IP: " + text);
            }
            if (name.isEmpty() || name.indexOf(':') >= 0) {
              throw item.place().error(spot.path(), "bad host name '" + name + "'");
            }
            for (String address : text.substring(cut + 1).split(",", -1)) {
              add(hosts, name, address, item);
            }
          }
        }
        List<Node> lines = new ArrayList<>();
        hosts.values().forEach(lines::addAll);
        lines.sort(Comparator.comparing(l -> ((Scalar) l).text()));
        return lines.isEmpty() ? null : new ListNode(n.place(), lines);
      };

  private static void add(Map<String, List<Scalar>> hosts, String name, String address, Node at) {
    String bare =
        address.length() > 2 && address.startsWith("[") && address.endsWith("]")
            ? address.substring(1, address.length() - 1)
            : address;
    hosts
        .computeIfAbsent(name, k -> new ArrayList<>())
        .add(new Scalar(at.place(), name + "=" + bare));
  }

  /** Permission bits, as octal text; text is read as octal. */
  Field MODE =
      (n, spot) -> {
        if (n.isNull()) {
          return null;
        }
        Scalar s = scalar(n, spot);
        try {
          long mode = s.value() instanceof Long bits ? bits : Long.parseLong(s.text(), 8);
          return new Scalar(s.place(), "0" + Long.toOctalString(mode));
        } catch (NumberFormatException e) {
          throw s.place().error(spot.path(), "invalid mode \"" + s.text() + "\"");
        }
      };

  /** How many devices: a number, or {@code all}. */
  Field COUNT =
      (n, spot) -> {
        Scalar s = scalar(n, spot);
        if (s.text().equals("all")) {
          return new Scalar(s.place(), -1L);
        }
        try {
          return new Scalar(s.place(), Long.parseLong(s.text()));
        } catch (NumberFormatException e) {
          throw new ComposeException(
              s.place()
                  .problem(spot.path(), "invalid value \"" + s.text() + "\"")
                  .withHint("the only text allowed is \"all\""));
        }
      };

  private static Scalar scalar(Node node, Spot spot) {
    if (node instanceof Scalar scalar) {
      return scalar;
    }
    throw node.place().error(spot.path(), "must be a single value, this is " + node.kind());
  }

  private static Field number(boolean zero, boolean decimal) {
    return (n, spot) -> {
      if (n.isNull()) {
        return null;
      }
      Scalar s = scalar(n, spot);
      Object value = s.value();
      try {
        if (value instanceof String text) {
          value = decimal ? (Object) Double.parseDouble(text) : Long.parseLong(text);
        }
      } catch (NumberFormatException e) {
        throw s.place().error(spot.path(), "invalid number \"" + s.text() + "\"");
      }
      if (decimal && value instanceof Double d) {
        value = single(d);
      }
      if (!decimal && value instanceof Number whole) {
        if (!(whole instanceof Long) && Math.abs(whole.doubleValue()) >= Long.MAX_VALUE) {
          throw s.place().error(spot.path(), "the number " + s.text() + " is out of range");
        }
        value = whole instanceof Double d && d != Math.rint(d) ? value : (Object) whole.longValue();
      }
      if (value instanceof Number number && number.doubleValue() == 0 && !zero) {
        return null;
      }
      return new Scalar(s.place(), value);
    };
  }

  /** The nearest number of single precision, in its shortest form: the reference keeps no more. */
  private static double single(double number) {
    return Double.parseDouble(Float.toString((float) number));
  }

  private static Field pairs(boolean keepNull) {
    return (n, spot) -> {
      MapNode pairs = new MapNode(n.place());
      if (n instanceof ListNode list) {
        for (Node item : list.items()) {
          String text = scalar(item, spot).text();
          int equals = text.indexOf('=');
          String key = equals < 0 ? text : text.substring(0, equals);
          Object value = equals < 0 ? (keepNull ? null : "") : text.substring(equals + 1);
          pairs.put(key, item.place(), new Scalar(item.place(), value));
        }
      } else if (n instanceof MapNode map) {
        map.entries()
            .forEach(
                (key, value) -> {
                  Object text =
                      value.isNull() ? (keepNull ? null : "") : scalar(value, spot).text();
                  pairs.put(key, map.keyPlace(key), new Scalar(value.place(), text));
                });
      }
      return pairs.entries().isEmpty() ? null : pairs;
    };
  }

  /** A list of values of this kind. */
  static Field list(Field item) {
    return (n, spot) -> {
      ListNode list = new ListNode(n.place());
      if (n instanceof ListNode many) {
        for (int i = 0; i < many.items().size(); i++) {
          spot.item(i)
              .read(
                  item,
                  many.items().get(i),
                  formatted -> {
                    if (formatted != null) {
                      list.items().add(formatted);
                    }
                  });
        }
      }
      return list.items().isEmpty() ? null : list;
    };
  }

  /** A mapping of names to values of this kind; null values stay. */
  static Field map(Field entry) {
    return (n, spot) -> {
      MapNode map = new MapNode(n.place());
      if (n instanceof MapNode entries) {
        entries
            .entries()
            .forEach(
                (key, value) -> {
                  Field field = value.isNull() ? KEPT : entry;
                  boolean readable =
                      spot.key(key)
                          .read(
                              field,
                              value,
                              formatted ->
                                  map.put(
                                      key,
                                      entries.keyPlace(key),
                                      Optional.ofNullable(formatted)
                                          .orElse(new Scalar(value.place(), null))));
                  if (!readable) {
                    map.breakKey(key);
                  }
                });
        map.breakAs(entries);
      }
      return map.entries().isEmpty() && !map.isBroken() ? null : map;
    };
  }
}
