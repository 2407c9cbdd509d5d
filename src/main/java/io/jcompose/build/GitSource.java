package io.jcompose.build;

import io.jcompose.nearest.Nearest;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository as {@code URL#ref:folder} or {@code URL?ref=…&subdir=…} names it (Docker's
 * documentation, "Build context", "Git repositories"). What is in here was checked: git takes none
 * of it for an option or for a program to run.
 *
 * @param url what git fetches from
 * @param ref branch, tag or commit; empty for what HEAD is there
 * @param folder below the repository's root, cleaned; empty for all of it
 * @param checksum a commit, or the beginning of one, that the ref has to be; empty for any
 */
record GitSource(String url, String ref, String folder, String checksum) {
  private static final Pattern SCP = Pattern.compile("[A-Za-z0-9_.][A-Za-z0-9_.-]*@[^-:/][^:/]*:[^:].*");
  private static final Pattern SCHEME = Pattern.compile("(?i)(https?|git|ssh)://.+");
  private static final Pattern HTTP_GIT = Pattern.compile("(?i)https?://[^#?]+\\.git/?(?:[#?].*)?");
  private static final Pattern REF = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_./+@-]*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
  private static final Set<String> PARAMETERS =
      Set.of("ref", "branch", "tag", "commit", "checksum", "subdir");

  /** Whether {@code text} names a repository and not a file or an archive. */
  static boolean isOne(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    return lower.startsWith("git://")
        || lower.startsWith("ssh://")
        || lower.startsWith("github.com/")
        || HTTP_GIT.matcher(text).matches()
        || SCP.matcher(text).matches();
  }

  /**
   * @throws BuildException when it is none, or names something that git must not be given
   */
  static GitSource parse(String text) {
    int hash = text.indexOf('#');
    String address = hash < 0 ? text : text.substring(0, hash);
    String fragment = hash < 0 ? "" : text.substring(hash + 1);
    Map<String, String> query = new HashMap<>();
    int mark = address.indexOf('?');
    if (mark >= 0 && hash < 0) {
      parameters(text, address.substring(mark + 1), query);
      address = address.substring(0, mark);
    }
    if (address.toLowerCase(java.util.Locale.ROOT).startsWith("github.com/")) {
      address = "https://" + address;
    }
    checkAddress(text, address);
    int colon = fragment.indexOf(':');
    String ref = colon < 0 ? fragment : fragment.substring(0, colon);
    String folder = colon < 0 ? "" : fragment.substring(colon + 1);
    for (String key : new String[] {"ref", "branch", "tag", "commit"}) {
      ref = query.getOrDefault(key, ref);
    }
    folder = query.getOrDefault("subdir", folder);
    if (!ref.isEmpty() && (!REF.matcher(ref).matches() || ref.contains(".."))) {
      throw refused(text, "\"" + RawPath.shown(RawPath.of(ref)) + "\" is no branch, tag or commit");
    }
    String checksum = query.getOrDefault("checksum", "");
    if (!checksum.isEmpty() && !COMMIT.matcher(checksum).matches()) {
      throw refused(text, "\"" + RawPath.shown(RawPath.of(checksum)) + "\" is no commit");
    }
    return new GitSource(address, ref, RawPath.clean(RawPath.of(folder)), checksum);
  }

  private static void parameters(String text, String query, Map<String, String> into) {
    for (String part : query.split("&")) {
      int equals = part.indexOf('=');
      String key = equals < 0 ? part : part.substring(0, equals);
      if (!PARAMETERS.contains(key)) {
        throw refused(
            text, "a repository has no parameter \"" + key + "\"" + Nearest.suggestion(key, PARAMETERS));
      }
      into.put(
          key,
          equals < 0
              ? ""
              : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
    }
  }

  private static void checkAddress(String text, String address) {
    if (address.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      throw refused(text, "an address has no white space");
    }
    if (SCP.matcher(address).matches()) {
      return;
    }
    Matcher scheme = SCHEME.matcher(address);
    if (!scheme.matches()) {
      throw refused(text, "a repository's address begins with https://, git://, ssh:// or user@host:");
    }
    if (!hasHost(address)) {
      throw refused(text, "its host is not one");
    }
  }

  /** A user or host that begins with a dash, ssh would take for an option. */
  private static boolean hasHost(String address) {
    try {
      URI uri = URI.create(address);
      return uri.getHost() != null && !uri.getRawAuthority().startsWith("-");
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static BuildException refused(String text, String why) {
    return new BuildException("the repository " + RawPath.shown(RawPath.of(text)) + ": " + why);
  }
}
