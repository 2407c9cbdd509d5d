package io.jcompose.image;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A name of an image, normalised as Docker does: {@code node} is {@code
 * docker.io/library/node:latest}.
 *
 * <p>The first part is a registry only when it holds a dot or a colon or is {@code localhost}.
 * Without a digest there is always a tag; with a digest the tag may be missing, and the digest
 * decides.
 *
 * @param registry host, with the port where one is given
 * @param repository path below the registry, lower case
 */
public record ImageReference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
  public static final String DEFAULT_REGISTRY = "docker.io";
  private static final String LEGACY_DEFAULT_REGISTRY = "index.docker.io";
  private static final String OFFICIAL = "library/";
  private static final String DEFAULT_TAG = "latest";
  private static final int LONGEST_NAME = 255;
  private static final Pattern HOST =
      Pattern.compile(
          "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
              + "|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
  private static final Pattern PART = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");

  public static ImageReference parse(String text) {
    if (text.length() > 2 * LONGEST_NAME + 200) {
      throw invalid(text, "it is too long");
    }
    String rest = text;
    Optional<Digest> digest = Optional.empty();
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = Optional.of(parseDigest(text, rest.substring(at + 1)));
      rest = rest.substring(0, at);
    }
    Optional<String> tag = digest.isPresent() ? Optional.empty() : Optional.of(DEFAULT_TAG);
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/')) {
      tag = Optional.of(rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    if (tag.isPresent() && !TAG.matcher(tag.get()).matches()) {
      throw invalid(text, "its tag \"" + Printable.text(tag.get()) + "\" is not one");
    }
    int slash = rest.indexOf('/');
    String first = slash < 0 ? "" : rest.substring(0, slash);
    boolean hasRegistry = first.contains(".") || first.contains(":") || first.equals("localhost");
    String registry = hasRegistry ? first : DEFAULT_REGISTRY;
    String path = hasRegistry ? rest.substring(slash + 1) : rest;
    if (registry.equals(LEGACY_DEFAULT_REGISTRY)) {
      registry = DEFAULT_REGISTRY;
    }
    if (!HOST.matcher(registry).matches()) {
      throw invalid(text, "\"" + Printable.text(registry) + "\" is not a registry");
    }
    checkPath(text, path);
    if (registry.equals(DEFAULT_REGISTRY) && !path.contains("/")) {
      path = OFFICIAL + path;
    }
    if (registry.length() + 1 + path.length() > LONGEST_NAME) {
      throw invalid(text, "its name is longer than " + LONGEST_NAME + " characters");
    }
    return new ImageReference(registry, path, tag, digest);
  }

  private static Digest parseDigest(String text, String digest) {
    try {
      return Digest.parse(digest);
    } catch (ImageException e) {
      throw invalid(text, e.getMessage());
    }
  }

  private static void checkPath(String text, String path) {
    if (path.isEmpty()) {
      throw invalid(text, "the name is empty");
    }
    for (String part : path.split("/", -1)) {
      if (!PART.matcher(part).matches()) {
        boolean capitals = PART.matcher(part.toLowerCase(java.util.Locale.ROOT)).matches();
        throw invalid(
            text,
            capitals
                ? "repository names are lower case"
                : "\"" + Printable.text(part) + "\" is not a part of a repository's name");
      }
    }
  }

  private static ImageException invalid(String text, String why) {
    return new ImageException("invalid image reference \"" + Printable.text(text) + "\": " + why);
  }

  /** Registry and repository: {@code docker.io/library/node}. */
  public String name() {
    return registry + "/" + repository;
  }

  /**
   * The name as people write it: {@code node} for {@code docker.io/library/node}, without tag or
   * digest.
   */
  public String familiarName() {
    if (!registry.equals(DEFAULT_REGISTRY)) {
      return name();
    }
    boolean official =
        repository.startsWith(OFFICIAL) && repository.indexOf('/', OFFICIAL.length()) < 0;
    return official ? repository.substring(OFFICIAL.length()) : repository;
  }

  /** As people write it, tag and digest included: {@code node:22-slim}. */
  public String familiar() {
    return familiarName() + suffix();
  }

  /** The whole normalised reference: {@code docker.io/library/node:22-slim}. */
  @Override
  public String toString() {
    return name() + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
