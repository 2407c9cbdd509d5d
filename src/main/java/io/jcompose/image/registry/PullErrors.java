package io.jcompose.image.registry;

import io.jcompose.image.Descriptor;
import io.jcompose.image.ImageReference;
import io.jcompose.image.registry.CallFailure.Refused;
import io.jcompose.image.registry.RegistryException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Words what went wrong for one image: what was asked for, who answered what, what to do next. */
final class PullErrors {

  /** One registry or mirror that was asked in vain. */
  record Asked(RegistrySession session, CallFailure failure) {}

  private static final String HUB = "docker.io";
  private static final String DEBIAN = "library/debian";
  private final ImageReference image;

  PullErrors(ImageReference image) {
    this.image = image;
  }

  /**
   * @param asked in the order in which they were; the last is the registry that the name names
   */
  RegistryException nobodyHasIt(List<Asked> asked) {
    Asked last = asked.getLast();
    Reason reason = reason(last);
    String answers =
        asked.stream().map(a -> a.failure().getMessage()).collect(Collectors.joining("; "));
    String warnings =
        asked.stream()
            .flatMap(a -> a.session().authorizer().warning().stream())
            .distinct()
            .map(warning -> "; " + warning)
            .collect(Collectors.joining());
    String opening =
        reason == Reason.NOT_FOUND
            ? "image " + image.familiar() + " exists nowhere: "
            : "can't pull image " + image.familiar() + ": ";
    return new RegistryException(
        reason,
        opening + answers + forWhat() + warnings + "; " + cure(reason, last),
        last.failure());
  }

  /** The manifest was there, a blob that it names is not. */
  RegistryException blobMissing(Descriptor blob, List<Asked> asked) {
    Asked last = asked.getLast();
    Reason reason = reason(last);
    String answers =
        asked.stream().map(a -> a.failure().getMessage()).collect(Collectors.joining("; "));
    return new RegistryException(
        reason,
        "can't pull image "
            + image.familiar()
            + ": "
            + answers
            + " when asked for its blob "
            + blob.digest()
            + "; "
            + (reason == Reason.NOT_FOUND
                ? "the image is incomplete there: have it pushed again"
                : cure(reason, last)),
        last.failure());
  }

  RegistryException broken(String why, Throwable cause) {
    return new RegistryException(
        Reason.INVALID_CONTENT,
        "refused image "
            + image.familiar()
            + " from "
            + image.registry()
            + ": "
            + why
            + "; pull it again, and if it stays so, tell whoever runs the registry",
        cause);
  }

  RegistryException unsuitable(String why) {
    return new RegistryException(
        Reason.UNSUITABLE,
        "image " + image.familiar() + " from " + image.registry() + " can't be used: " + why);
  }

  private String forWhat() {
    return " when asked for "
        + image.repository()
        + image.digest().map(d -> " " + d).orElse(" " + image.tag().orElse("latest"));
  }

  private static Reason reason(Asked asked) {
    if (!(asked.failure() instanceof Refused refused)) {
      return Reason.UNREACHABLE;
    }
    return switch (refused.answer().status()) {
      case 404 -> Reason.NOT_FOUND;
      case 401, 403 -> Reason.DENIED;
      case 407 -> Reason.UNREACHABLE;
      case 429 -> Reason.RATE_LIMITED;
      default -> Reason.FAILED;
    };
  }

  private String cure(Reason reason, Asked asked) {
    return switch (reason) {
      case NOT_FOUND -> "check the name and the tag, or " + makeIt();
      case DENIED -> denied(asked);
      case RATE_LIMITED -> rateLimited(asked);
      case UNREACHABLE -> "check the network and " + proxy(asked) + ", or " + makeIt();
      default -> "try again later, or " + makeIt();
    };
  }

  private static String proxy(Asked asked) {
    boolean wantsLogin =
        asked.failure() instanceof Refused refused && refused.answer().status() == 407;
    return wantsLogin
        ? "give the proxy its login (HTTPS_PROXY=http://user:password@host:port)"
        : "the proxy (HTTPS_PROXY)";
  }

  private String denied(Asked asked) {
    String login = "\"jcompose login" + (image.registry().equals(HUB) ? "" : " " + image.registry());
    return asked.session().authorizer().isAnonymous()
        ? "registries answer so for private images and for names that do not exist: check the name, "
            + login
            + "\" if it is private, or "
            + makeIt()
        : "the login that is stored does not allow it: check the name, or log in anew with "
            + login
            + "\"";
  }

  private String rateLimited(Asked asked) {
    List<String> ways = new ArrayList<>();
    String limit = "";
    if (asked.failure() instanceof Refused refused) {
      limit = refused.answer().rateLimit().map(l -> " (" + l + ")").orElse("");
      refused
          .answer()
          .retryAfter()
          .ifPresent(wait -> ways.add("wait " + Math.max(1, wait.toMinutes()) + " min"));
    }
    if (asked.session().authorizer().isAnonymous()) {
      ways.add("log in (a login has a limit of its own)");
    }
    ways.add("set a mirror (registry-mirrors)");
    ways.add(makeIt());
    return "it limits how often one may pull"
        + limit
        + ": "
        + String.join(", ", ways.subList(0, ways.size() - 1))
        + " or "
        + ways.getLast();
  }

  private String makeIt() {
    return image.registry().equals(HUB) && image.repository().equals(DEBIAN)
        ? "make it here with \"jcompose image bootstrap " + image.familiar() + "\""
        : "build it under this name";
  }
}
