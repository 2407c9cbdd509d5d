package io.jcompose.compose.load;

/** IP addresses as text. */
final class Addresses {

  private Addresses() {}

  static boolean isIp(String text) {
    return text.indexOf(':') >= 0 ? isIpv6(text) : isIpv4(text);
  }

  static boolean isIpv4(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      if (part.isEmpty()
          || part.length() > 3
          || !part.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return false;
      }
      if (Integer.parseInt(part) > 255 || part.length() > 1 && part.charAt(0) == '0') {
        return false;
      }
    }
    return true;
  }

  private static boolean isIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap != text.lastIndexOf("::") || text.contains(":::")) {
      return false;
    }
    String[] parts = (gap < 0 ? text : text.replace("::", ":*:")).split(":", -1);
    int groups = 0;
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      boolean edge = gap >= 0 && (i == 0 || i == parts.length - 1) && part.isEmpty();
      if (part.equals("*") || edge) {
        continue;
      }
      if (i == parts.length - 1 && isIpv4(part)) {
        groups += 2;
        continue;
      }
      if (part.isEmpty()
          || part.length() > 4
          || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
        return false;
      }
      groups++;
    }
    return gap < 0 ? groups == 8 : groups < 8;
  }
}
