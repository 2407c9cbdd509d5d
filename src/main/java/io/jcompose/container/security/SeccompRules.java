package io.jcompose.container.security;

import io.jcompose.container.security.SeccompProfile.Arg;
import io.jcompose.container.security.SeccompProfile.Conditions;
import io.jcompose.container.security.SeccompProfile.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A profile resolved for one architecture: what each system call number gets.
 *
 * @param verdicts by number; a number that is not there gets {@code otherwise}
 * @param highest the highest number that the profile names; what lies above is unknown to it
 */
record SeccompRules(
    Architecture architecture,
    SeccompAction otherwise,
    TreeMap<Integer, Verdict> verdicts,
    int highest) {

  /** Alternatives, tried in order; none fits: the default action. */
  record Verdict(List<Alternative> alternatives) {
    static Verdict always(SeccompAction action) {
      return new Verdict(List.of(new Alternative(List.of(), action)));
    }
  }

  /** An action that holds when all of {@code args} hold. */
  record Alternative(List<Arg> args, SeccompAction action) {}

  /**
   * @param machine the architecture of the kernel, which the profile's conditions mean
   * @param capabilities names with CAP_ that the container has
   * @param never calls that are refused whatever the profile says
   */
  static SeccompRules resolve(
      SeccompProfile profile,
      Architecture architecture,
      Architecture machine,
      Set<String> capabilities,
      KernelVersion kernel,
      Set<String> never) {
    SeccompAction otherwise =
        SeccompAction.named(profile.defaultAction(), profile.defaultErrnoRet());
    TreeMap<Integer, Verdict> verdicts = new TreeMap<>();
    int highest = -1;
    for (Rule rule : profile.syscalls()) {
      SeccompAction action =
          SeccompAction.named(
              rule.action(),
              rule.errnoRet() == null ? profile.defaultErrnoRet() : rule.errnoRet());
      boolean holds =
          holds(rule, machine, capabilities, kernel) && !action.equals(otherwise);
      for (String name : rule.names()) {
        Integer number = architecture.syscalls().get(name);
        if (number == null) {
          continue; // a call of another architecture, or of a kernel newer than the table
        }
        highest = Math.max(highest, number);
        if (holds && !never.contains(name)) {
          verdicts.merge(
              number,
              new Verdict(List.of(new Alternative(rule.args(), action))),
              SeccompRules::join);
        }
      }
    }
    return new SeccompRules(architecture, otherwise, verdicts, highest);
  }

  /** Alternatives of several blocks are OR'd; one without conditions makes the others pointless. */
  private static Verdict join(Verdict old, Verdict added) {
    if (old.alternatives().getFirst().args().isEmpty()) {
      return old;
    }
    if (added.alternatives().getFirst().args().isEmpty()) {
      return added;
    }
    List<Alternative> all = new ArrayList<>(old.alternatives());
    all.addAll(added.alternatives());
    return new Verdict(List.copyOf(all));
  }

  private static boolean holds(
      Rule rule, Architecture machine, Set<String> capabilities, KernelVersion kernel) {
    Conditions in = rule.includes();
    Conditions out = rule.excludes();
    boolean included =
        capabilities.containsAll(in.caps())
            && (in.arches().isEmpty() || in.arches().contains(machine.profileName))
            && (in.minKernel().isEmpty()
                || kernel.compareTo(KernelVersion.parse(in.minKernel())) >= 0);
    boolean excluded =
        out.caps().stream().anyMatch(capabilities::contains)
            || out.arches().contains(machine.profileName)
            || !out.minKernel().isEmpty()
                && kernel.compareTo(KernelVersion.parse(out.minKernel())) >= 0;
    return included && !excluded;
  }
}
