package io.jcompose.image.tar;

import io.jcompose.image.tar.TarEntry.Extent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The records of a pax extended header: {@code "<length> <key>=<value>\n"}, values kept as bytes.
 */
final class PaxRecords {
  private static final String XATTR = "SCHILY.xattr.";
  private final Map<String, byte[]> values;
  private final List<Long> sparsePairs = new ArrayList<>();

  PaxRecords(Map<String, byte[]> inherited) {
    values = new HashMap<>(inherited);
  }

  Map<String, byte[]> values() {
    return values;
  }

  /** What keys and values take together. */
  long bytes() {
    return values.entrySet().stream().mapToLong(each -> each.getKey().length() + each.getValue().length).sum();
  }

  /** These records with {@code stronger} laid over them. */
  PaxRecords over(PaxRecords stronger) {
    values.putAll(stronger.values);
    sparsePairs.addAll(stronger.sparsePairs);
    return this;
  }

  void add(byte[] header) throws TarException {
    int at = 0;
    while (at < header.length) {
      int space = at;
      int length = 0;
      while (space < header.length
          && header[space] >= '0'
          && header[space] <= '9'
          && space - at < 9) {
        length = length * 10 + (header[space] - '0');
        space++;
      }
      int end = at + length;
      boolean framed =
          space > at
              && space < header.length
              && header[space] == ' '
              && end > space
              && end <= header.length
              && header[end - 1] == '\n';
      int equals = space + 1;
      while (framed && equals < end && header[equals] != '=') {
        equals++;
      }
      if (!framed || equals >= end) {
        throw new TarException("a pax header is damaged");
      }
      String key = new String(header, space + 1, equals - space - 1, StandardCharsets.UTF_8);
      put(key, Arrays.copyOfRange(header, equals + 1, end - 1));
      at = end;
    }
  }

  private void put(String key, byte[] value) throws TarException {
    boolean text = !key.startsWith(XATTR);
    for (byte b : value) {
      if (text && b == 0) {
        throw new TarException("a pax header holds a NUL byte in \"" + key + "\"");
      }
    }
    if (key.equals("GNU.sparse.offset") || key.equals("GNU.sparse.numbytes")) {
      sparsePairs.add(parse(value, key));
    } else {
      values.put(key, value);
    }
  }

  boolean has(String key) {
    return values.containsKey(key) && values.get(key).length > 0;
  }

  byte[] bytes(String key) {
    return values.get(key);
  }

  long number(String key, long otherwise) throws TarException {
    return has(key) ? parse(values.get(key), key) : otherwise;
  }

  /** Whole seconds of a time, rounded down: -1.5 is -2 and 500,000,000 ns. */
  long seconds(String key) throws TarException {
    String text = ascii(values.get(key));
    int dot = text.indexOf('.');
    long whole =
        parse((dot < 0 ? text : text.substring(0, dot)).getBytes(StandardCharsets.US_ASCII), key);
    return text.startsWith("-") && nanos(key) > 0 ? whole - 1 : whole;
  }

  int nanos(String key) throws TarException {
    String text = ascii(values.get(key));
    int dot = text.indexOf('.');
    if (dot < 0) {
      return 0;
    }
    String digits = (text.substring(dot + 1) + "000000000").substring(0, 9);
    long nanos = parse(digits.getBytes(StandardCharsets.US_ASCII), key);
    return (int) (text.startsWith("-") && nanos > 0 ? 1_000_000_000 - nanos : nanos);
  }

  /** sparse format 0.1: {@code GNU.sparse.map} is "offset,length,offset,length…". */
  List<Extent> sparseMap(long most) throws TarException {
    String[] numbers = ascii(values.get("GNU.sparse.map")).split(",");
    List<Long> pairs = new ArrayList<>();
    for (String number : numbers) {
      pairs.add(parse(number.getBytes(StandardCharsets.US_ASCII), "GNU.sparse.map"));
    }
    return extents(pairs, most);
  }

  /** sparse format 0.0: the keys offset and numbytes are repeated. */
  List<Extent> sparsePairs(long most) throws TarException {
    return extents(sparsePairs, most);
  }

  private static List<Extent> extents(List<Long> pairs, long most) throws TarException {
    if (pairs.size() % 2 != 0 || pairs.size() / 2 > most) {
      throw new TarException("a sparse file's map is damaged or too long");
    }
    List<Extent> extents = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      extents.add(new Extent(pairs.get(i), pairs.get(i + 1)));
    }
    return extents;
  }

  Map<String, byte[]> xattrs() {
    Map<String, byte[]> result = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            result.put(key.substring(XATTR.length()), value);
          }
        });
    return result;
  }

  private static long parse(byte[] digits, String key) throws TarException {
    try {
      return Long.parseLong(ascii(digits));
    } catch (NumberFormatException e) {
      throw new TarException("a pax header's \"" + key + "\" is not a number");
    }
  }

  private static String ascii(byte[] text) {
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
