package io.jcompose.container;

import io.jcompose.container.security.Capabilities;
import io.jcompose.container.security.KernelVersion;
import io.jcompose.container.security.SeccompFilter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps from root of the host to the user's program. Their order matters (DESIGN §1): setuid clears the
 * parent-death signal; a filter without no_new_privs needs SYS_ADMIN, which therefore stays until the filter is
 * in; and after it only capset, write and execve come.
 */
final class FinalSteps {
  private static final int SIGKILL = 9;

  private FinalSteps() {}

  /** @param filter empty: none */
  static List<Step> steps(
      User user, long capabilities, boolean noNewPrivileges, String cwd, byte[] filter) {
    long whileFiltering = capabilities | Capabilities.SYS_ADMIN;
    List<Step> steps = new ArrayList<>();
    steps.add(Step.of(Op.BOUNDING, capabilities));
    steps.add(Step.of(Op.GROUPS, groups(user)));
    steps.add(Step.of(Op.KEEPCAPS));
    steps.add(Step.of(Op.SETUID, user.uid(), user.gid()));
    steps.add(Step.of(Op.PDEATHSIG, SIGKILL));
    steps.add(Step.of(Op.CAPSET, whileFiltering, whileFiltering, 0));
    if (noNewPrivileges) {
      steps.add(Step.of(Op.NO_NEW_PRIVS));
    }
    steps.add(Step.of(Op.CHDIR, cwd));
    if (filter.length > 0) {
      steps.add(Step.of(Op.SECCOMP, filter));
    }
    // A user's exec would clear them; but the first process of `init: true` never execs.
    long held = user.uid() == 0 ? capabilities : 0;
    steps.add(Step.of(Op.CAPSET, held, held, 0));
    return steps;
  }

  private static byte[] groups(User user) {
    ByteBuffer groups =
        ByteBuffer.allocate(4 * user.groups().size()).order(ByteOrder.LITTLE_ENDIAN);
    user.groups().forEach(groups::putInt);
    return groups.array();
  }

  static Step exec(List<String> argv, List<String> env) {
    List<Object> args = new ArrayList<>();
    args.add(argv.size());
    args.addAll(argv);
    args.addAll(env);
    return Step.of(Op.EXEC, args.toArray());
  }

  static long capabilities(Confinement confinement, long available) {
    return confinement.privileged()
        ? available
        : Capabilities.resolve(confinement.capAdd(), confinement.capDrop(), available);
  }

  static byte[] filter(
      Confinement confinement, long capabilities, KernelVersion kernel, String osArch) {
    return confinement.privileged()
        ? new byte[0]
        : SeccompFilter.compile(confinement.seccomp(), capabilities, kernel, osArch);
  }

  static List<Step> ulimits(ContainerSpec spec) {
    return spec.process().ulimits().stream()
        .map(u -> Step.of(Op.RLIMIT, u.resource(), u.soft(), u.hard()))
        .toList();
  }
}
