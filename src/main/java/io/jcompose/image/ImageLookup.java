package io.jcompose.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds images among the entries of an index, as people name them. */
record ImageLookup(List<ImageIndex.Entry> entries, Function<Digest, Image> images) {
  private static final Pattern ID = Pattern.compile("(?:sha256:)?([a-f0-9]{1,64})");

  /** Whether {@code text} may be an id or the beginning of one. */
  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  Optional<Image> named(ImageReference reference) {
    return entries.stream()
        .filter(entry -> hasName(entry, reference))
        .findFirst()
        .map(entry -> images.apply(entry.manifest().digest()));
  }

  private static boolean hasName(ImageIndex.Entry entry, ImageReference wanted) {
    return entry.name().filter(name -> matches(name, entry, wanted)).isPresent();
  }

  private static boolean matches(
      ImageReference name, ImageIndex.Entry entry, ImageReference wanted) {
    if (!name.name().equals(wanted.name())) {
      return false;
    }
    return wanted.digest().isPresent()
        ? name.digest().equals(wanted.digest())
            || entry.manifest().digest().equals(wanted.digest().get())
        : name.equals(wanted);
  }

  /** By reference first, then by id or the beginning of one. */
  Optional<Image> meant(String text) {
    Matcher id = ID.matcher(text);
    boolean looksLikeId = id.matches();
    if (!text.startsWith("sha256:")) {
      Optional<Image> named = named(ImageReference.parse(text));
      if (named.isPresent() || !looksLikeId) {
        return named;
      }
    } else if (!looksLikeId) {
      throw new ImageException("\"" + Printable.text(text) + "\" is not an image id");
    }
    List<Image> found = withId(id.group(1));
    if (found.size() > 1) {
      throw new ImageException(
          "\"" + text + "\" is the beginning of " + found.size() + " image ids; give more of it");
    }
    return found.stream().findFirst();
  }

  private List<Image> withId(String prefix) {
    Map<Digest, Image> found = new LinkedHashMap<>();
    for (ImageIndex.Entry entry : entries) {
      Image image = images.apply(entry.manifest().digest());
      if (image.id().hex().startsWith(prefix)) {
        found.put(image.id(), image);
      }
    }
    return List.copyOf(found.values());
  }

  /** The name of {@code image} that {@code text} is; nothing when the text means it by its id. */
  Optional<ImageReference> nameOf(Image image, String text) {
    if (text.startsWith("sha256:")) {
      return Optional.empty();
    }
    ImageReference wanted = ImageReference.parse(text);
    return entries.stream()
        .filter(entry -> entry.manifest().digest().equals(image.manifest()))
        .filter(entry -> hasName(entry, wanted))
        .findFirst()
        .flatMap(ImageIndex.Entry::name);
  }
}
