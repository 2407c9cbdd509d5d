package io.jcompose.image.registry;

import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.Printable;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What an image runs on, in the words of the OCI image specification (Go's GOOS and GOARCH).
 *
 * @param variant of the architecture: {@code v7}; empty for the usual one
 */
public record Platform(String os, String architecture, String variant) {

  public Platform {
    os = os.toLowerCase(Locale.ROOT);
    architecture = canonical(architecture.toLowerCase(Locale.ROOT));
    variant = variant.toLowerCase(Locale.ROOT);
    boolean usual =
        architecture.equals("arm64") && (variant.equals("v8") || variant.equals("8"))
            || architecture.equals("amd64") && variant.equals("v1");
    variant = usual ? "" : variant;
  }

  /** Parses {@code os/architecture[/variant]}, or an architecture of Linux alone. */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length > 3 || Stream.of(parts).anyMatch(part -> !part.matches("[A-Za-z0-9_.-]+"))) {
      throw new ImageException(
          "\""
              + Printable.text(text)
              + "\" is not a platform; it should look like linux/amd64 or linux/arm/v7");
    }
    return switch (parts.length) {
      case 1 -> new Platform("linux", parts[0], "");
      case 2 -> new Platform(parts[0], parts[1], "");
      default -> new Platform(parts[0], parts[1], parts[2]);
    };
  }

  /** What the image is for, as its config says. */
  public static Platform of(ImageConfig config) {
    return new Platform(config.os(), config.architecture(), config.variant());
  }

  /**
   * Linux on the processor that the JVM calls so.
   *
   * @param jvmArchitecture the system property {@code os.arch}
   */
  public static Platform linux(String jvmArchitecture) {
    return new Platform("linux", jvmArchitecture, "");
  }

  private static String canonical(String architecture) {
    return switch (architecture) {
      case "x86_64", "x86-64" -> "amd64";
      case "aarch64" -> "arm64";
      case "i386", "i486", "i586", "i686", "x86" -> "386";
      case "armhf", "armel" -> "arm";
      default -> architecture;
    };
  }

  /**
   * What runs here, the best first: an ARM of an older version, an x86-64 of a lower level; nothing
   * else.
   */
  List<Platform> accepted() {
    return switch (architecture) {
      case "arm" -> Stream.concat(versions(5, "v7"), Stream.of(with(""))).toList();
      case "amd64" -> Stream.concat(versions(2, "v1"), Stream.of(with(""))).toList();
      default -> List.of(this);
    };
  }

  /** Whether who wants this platform is served with an image for {@code other}. */
  public boolean accepts(Platform other) {
    return accepted().contains(other);
  }

  /** This variant and those below it down to {@code lowest}. */
  private Stream<Platform> versions(int lowest, String usual) {
    String highest = variant.isEmpty() ? usual : variant;
    if (!highest.matches("v[0-9]")) {
      return Stream.of(this);
    }
    int top = highest.charAt(1) - '0';
    return IntStream.iterate(top, v -> v >= lowest, v -> v - 1).mapToObj(v -> with("v" + v));
  }

  private Platform with(String other) {
    return new Platform(os, architecture, other);
  }

  /** {@code linux/arm/v7}. */
  @Override
  public String toString() {
    return os + "/" + architecture + (Objects.equals(variant, "") ? "" : "/" + variant);
  }
}
