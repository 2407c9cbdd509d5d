package io.jcompose.container;

import io.jcompose.linux.Namespaces;
import java.util.ArrayList;
import java.util.List;

/** Compiles the program of an exec: in by the pidfd of pid 1, confined as the container is. */
final class ExecCompiler {
  private static final int TTY_GROUP = 5;

  private final ContainerSpec spec;
  private final ExecSpec exec;
  private final ExecFacts facts;
  private final List<Step> steps = new ArrayList<>();
  private final List<String> slots = new ArrayList<>();

  ExecCompiler(ContainerSpec spec, ExecSpec exec, ExecFacts facts) {
    this.spec = spec;
    this.exec = exec;
    this.facts = facts;
  }

  StepProgram compile() {
    User user = facts.user();
    steps.add(Step.of(Op.DUMPABLE, 0));
    steps.add(Step.of(Op.UMASK, 0022));
    steps.add(Step.of(Op.SIGDEFAULT));
    String oomScore = Integer.toString(spec.process().oomScoreAdj());
    steps.add(Step.of(Op.WRITE, "/proc/self/oom_score_adj", oomScore));
    for (String cgroup : facts.cgroups()) {
      steps.add(Step.of(Op.CGROUP_JOIN, slots.size()));
      slots.add("cgroup " + cgroup);
    }
    steps.add(Step.of(Op.SETNS, slots.size(), namespaces()));
    slots.add("process");
    steps.add(Step.of(Op.FORK_EXEC));
    steps.add(Step.of(Op.CHROOT_CHECK));
    steps.add(Step.of(Op.SETSID));
    steps.add(Step.of(Op.KEYRING));
    steps.add(exec.tty() ? Step.of(Op.PTY, user.uid(), TTY_GROUP, 0) : Step.of(Op.STDIO));
    steps.addAll(FinalSteps.ulimits(spec));
    steps.addAll(confinement(user));
    List<String> env =
        Environment.of(
            spec.process().env(), exec.env(), spec.isolation().hostname(), user.home(), exec.tty());
    steps.add(FinalSteps.exec(exec.argv(), env));
    return new StepProgram(0, steps, slots);
  }

  private List<Step> confinement(User user) {
    Confinement confinement = spec.confinement();
    long capabilities = FinalSteps.capabilities(confinement, facts.capabilities());
    byte[] filter =
        FinalSteps.filter(confinement, capabilities, facts.kernel(), facts.osArch());
    if (exec.privileged()) {
      capabilities = facts.capabilities();
      filter = new byte[0];
    }
    String cwd = exec.cwd().isEmpty() ? spec.process().cwd() : exec.cwd();
    return FinalSteps.steps(
        user, capabilities, confinement.noNewPrivileges(), cwd.isEmpty() ? "/" : cwd, filter);
  }

  private long namespaces() {
    Isolation isolation = spec.isolation();
    long mask = Namespaces.CLONE_NEWNS | unlessHost(isolation.net(), Namespaces.CLONE_NEWNET);
    mask |= unlessHost(isolation.pid(), Namespaces.CLONE_NEWPID);
    mask |= unlessHost(isolation.ipc(), Namespaces.CLONE_NEWIPC);
    mask |= unlessHost(isolation.uts(), Namespaces.CLONE_NEWUTS);
    return mask | unlessHost(isolation.cgroup(), Namespaces.CLONE_NEWCGROUP);
  }

  private static long unlessHost(NamespaceMode mode, int flag) {
    return mode == NamespaceMode.HOST ? 0 : flag;
  }
}
