package io.jcompose.container.security;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The BPF filter of a container. 32-bit x86 programs run under the same profile, but never get {@code socketcall},
 * whose arguments no filter can see (SECURITY §2); x32 calls do not exist; other architectures are killed.
 */
public final class SeccompFilter {
  private static final int MAX_CACHED = 64;
  private static final Map<Key, byte[]> CACHE = new ConcurrentHashMap<>();

  private SeccompFilter() {}

  private record Key(SeccompChoice choice, long capabilities, KernelVersion kernel, String osArch) {}

  /**
   * The filter for {@code choice} as struct sock_filter each 8 bytes; empty when unconfined.
   *
   * @param capabilities mask of the container's bounding set
   * @param osArch the machine, as the JVM names it
   */
  public static byte[] compile(
      SeccompChoice choice, long capabilities, KernelVersion kernel, String osArch) {
    Key key = new Key(choice, capabilities, kernel, osArch);
    byte[] cached = CACHE.get(key);
    if (cached != null) {
      return cached.clone();
    }
    byte[] filter =
        switch (choice) {
          case SeccompChoice.Unconfined _ -> new byte[0];
          case SeccompChoice.Default _ ->
              compile(SeccompProfile.builtIn(), key, Set.of("socketcall"));
          case SeccompChoice.Profile profile ->
              compile(SeccompProfile.parse(profile.json()), key, Set.of());
        };
    if (CACHE.size() >= MAX_CACHED) {
      CACHE.clear();
    }
    CACHE.put(key, filter);
    return filter.clone();
  }

  private static byte[] compile(SeccompProfile profile, Key key, Set<String> never) {
    Architecture machine = Architecture.of(key.osArch());
    Set<String> capabilities = new HashSet<>(Capabilities.names(key.capabilities()));
    List<SeccompRules> rules = new ArrayList<>();
    for (Architecture architecture : architectures(profile, machine)) {
      rules.add(
          SeccompRules.resolve(profile, architecture, machine, capabilities, key.kernel(), never));
    }
    return SeccompCompiler.compile(rules);
  }

  /** Those of the profile that have a table here, the machine's own first. */
  static List<Architecture> architectures(SeccompProfile profile, Architecture machine) {
    Set<String> named = new HashSet<>(profile.architectures());
    for (SeccompProfile.ArchRow row : profile.archMap()) {
      if (row.architecture().equals(machine.seccompName)) {
        named.add(row.architecture());
        named.addAll(row.subArchitectures());
      }
    }
    List<Architecture> result = new ArrayList<>(List.of(machine));
    if (machine == Architecture.X86_64 && named.contains(Architecture.I386.seccompName)) {
      result.add(Architecture.I386);
    }
    return result;
  }
}
