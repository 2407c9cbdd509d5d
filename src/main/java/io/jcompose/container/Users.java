package io.jcompose.container;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Users and groups of an image, from the text of its passwd(5) and group(5). Lines that make no sense are passed over,
 * as the C library does.
 */
final class Users {
  /** No more is read of either file: an image is not trusted. */
  static final int MAX_FILE_BYTES = 8 << 20;

  private final String passwd;
  private final String group;

  Users(String passwd, String group) {
    this.passwd = passwd;
    this.group = group;
  }

  private record Account(String name, int uid, int gid, String home) {}

  /**
   * @param user {@code user[:group]}, names or numbers; empty: root
   * @param groupAdd names or numbers
   */
  User resolve(String user, List<String> groupAdd) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    String groupName = colon < 0 ? "" : user.substring(colon + 1);
    if (name.isEmpty()) {
      name = "0";
    }
    Optional<Account> account = account(name);
    int uid = account.map(Account::uid).orElse(-1);
    if (account.isEmpty()) {
      uid = number(name, "user");
    }
    Set<Integer> groups = new LinkedHashSet<>();
    int gid;
    if (groupName.isEmpty()) {
      gid = account.map(Account::gid).orElse(0);
      groups.add(gid);
      account.ifPresent(a -> groups.addAll(groupsOf(a.name())));
    } else {
      gid = group(groupName);
      groups.add(gid);
    }
    for (String added : groupAdd) {
      groups.add(group(added));
    }
    String home = account.map(Account::home).filter(h -> !h.isEmpty()).orElse("/");
    return new User(uid, gid, List.copyOf(groups), home);
  }

  private Optional<Account> account(String wanted) {
    return passwd
        .lines()
        .map(line -> line.split(":", -1))
        .filter(f -> f.length >= 6 && (f[0].equals(wanted) || f[2].equals(wanted)))
        .filter(f -> isId(f[2]) && isId(f[3]))
        .map(f -> new Account(f[0], Integer.parseInt(f[2]), Integer.parseInt(f[3]), f[5]))
        .findFirst();
  }

  private List<Integer> groupsOf(String member) {
    List<Integer> gids = new ArrayList<>();
    group
        .lines()
        .map(line -> line.split(":", -1))
        .filter(f -> f.length >= 4 && isId(f[2]) && List.of(f[3].split(",")).contains(member))
        .forEach(f -> gids.add(Integer.parseInt(f[2])));
    return gids;
  }

  private int group(String wanted) {
    return group
        .lines()
        .map(line -> line.split(":", -1))
        .filter(f -> f.length >= 3 && (f[0].equals(wanted) || f[2].equals(wanted)) && isId(f[2]))
        .map(f -> Integer.parseInt(f[2]))
        .findFirst()
        .orElseGet(() -> number(wanted, "group"));
  }

  /** Digits that name an id; the bounds keep a wrapped number from becoming root (CVE-2024-40635). */
  private static boolean isId(String text) {
    return text.matches("\\d{1,10}") && Long.parseLong(text) <= Integer.MAX_VALUE;
  }

  private static int number(String text, String what) {
    if (isId(text)) {
      return Integer.parseInt(text);
    }
    if (text.matches("-?\\d+")) {
      throw new StartException(
          125, what + " " + text + " is out of range; the numbers 0 to 2147483647 are");
    }
    throw new StartException(
        125,
        "unable to find "
            + what
            + " "
            + text
            + ": the image's /etc/"
            + (what.equals("user") ? "passwd" : "group")
            + " has no such "
            + what);
  }
}
