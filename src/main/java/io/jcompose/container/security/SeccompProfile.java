package io.jcompose.container.security;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A system call profile in Docker's form, before it is resolved for a machine and a set of capabilities. Lists may
 * be absent in the file; here they are empty.
 */
@JsonIgnoreProperties({"comment"})
record SeccompProfile(
    String defaultAction,
    Integer defaultErrnoRet,
    List<String> architectures,
    List<ArchRow> archMap,
    List<String> flags,
    String listenerPath,
    String listenerMetadata,
    List<Rule> syscalls) {
  private static final int MAX_PROFILE_CHARACTERS = 1 << 20;
  private static final int EPERM = 1;
  private static final ObjectMapper MAPPER =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);

  SeccompProfile {
    if (defaultAction == null) {
      throw new IllegalArgumentException("the seccomp profile has no defaultAction");
    }
    defaultErrnoRet = defaultErrnoRet == null ? Integer.valueOf(EPERM) : defaultErrnoRet;
    architectures = copy(architectures);
    archMap = copy(archMap);
    flags = copy(flags);
    syscalls = copy(syscalls);
    if (!architectures.isEmpty() && !archMap.isEmpty()) {
      throw new IllegalArgumentException(
          "the seccomp profile has both \"architectures\" and \"archMap\"; use one of them");
    }
  }

  private static <T> List<T> copy(List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /** An architecture and those that its kernel runs beside it. */
  record ArchRow(String architecture, List<String> subArchitectures) {
    ArchRow {
      subArchitectures = copy(subArchitectures);
    }
  }

  /** One block: system calls, and what they get when the conditions hold. */
  @JsonIgnoreProperties({"comment"})
  record Rule(
      String name,
      List<String> names,
      String action,
      Integer errnoRet,
      List<Arg> args,
      Conditions includes,
      Conditions excludes) {
    Rule {
      List<String> all = new ArrayList<>(copy(names));
      if (name != null && !name.isEmpty()) {
        if (!all.isEmpty()) {
          throw new IllegalArgumentException(
              "a rule of the seccomp profile has both \"name\" and \"names\": " + name);
        }
        all.add(name);
      }
      names = List.copyOf(all);
      args = copy(args);
      includes = includes == null ? Conditions.NONE : includes;
      excludes = excludes == null ? Conditions.NONE : excludes;
      if (action == null) {
        throw new IllegalArgumentException("a rule of the seccomp profile has no action: " + names);
      }
    }
  }

  /** A condition on argument {@code index} (0 … 5). For MASKED_EQ {@code value} is the mask. */
  record Arg(int index, long value, long valueTwo, String op) {
    Arg {
      if (index < 0 || index > 5) {
        throw new IllegalArgumentException(
            "a rule of the seccomp profile names argument " + index + "; there are 0 to 5");
      }
    }
  }

  /** Capabilities of the container, architectures of the machine, and the oldest kernel. */
  record Conditions(List<String> caps, List<String> arches, String minKernel) {
    static final Conditions NONE = new Conditions(List.of(), List.of(), "");

    Conditions {
      caps = copy(caps);
      arches = copy(arches);
      minKernel = minKernel == null ? "" : minKernel;
    }
  }

  /** Reads a profile; the error names what is wrong in it. */
  static SeccompProfile parse(String json) {
    if (json.length() > MAX_PROFILE_CHARACTERS) {
      throw new IllegalArgumentException("the seccomp profile is larger than 1 MiB");
    }
    try {
      return MAPPER.readValue(json, SeccompProfile.class);
    } catch (JacksonException e) {
      String reason = e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage();
      throw new IllegalArgumentException("the seccomp profile cannot be read: " + reason, e);
    }
  }

  /** Docker's default profile, from the facts in the resource beside this class. */
  static SeccompProfile builtIn() {
    return BuiltIn.PROFILE;
  }

  private static final class BuiltIn {
    static final SeccompProfile PROFILE = load();

    private static SeccompProfile load() {
      try (InputStream in = SeccompProfile.class.getResourceAsStream("seccomp-default.json")) {
        if (in == null) {
          throw new IllegalStateException("the program lacks its seccomp profile");
        }
        return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
