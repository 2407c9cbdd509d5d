package io.jcompose.container;

import io.jcompose.container.security.Capabilities;
import io.jcompose.linux.Mounts;
import io.jcompose.linux.Namespaces;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * A step in words.
 *
 * @param command the shell command that does the same; empty where no command does
 */
record StepText(String sentence, String command) {

  private static StepText say(String sentence, String command) {
    return new StepText(sentence, command);
  }

  static StepText of(Step step, List<String> slots) {
    return switch (step.op()) {
      case CGROUP_JOIN ->
          say(
              "joins the control group of the container: " + hierarchy(step, slots),
              "echo $$ > /sys/fs/cgroup/" + hierarchy(step, slots) + "/GROUP/"
                  + (hierarchy(step, slots).equals("unified") ? "cgroup.procs" : "tasks"));
      case SETNS -> setns(step, slots);
      case UNSHARE ->
          say(
              "leaves for new namespaces: " + String.join(", ", namespaces(step.number(0))),
              "unshare " + flags(step.number(0)));
      case FORK_EXEC -> say("forks: a pid namespace counts from the next child on", "");
      case DUMPABLE ->
          say(
              step.number(0) == 0
                  ? "closes itself to ptrace and /proc/PID/fd of others"
                  : "opens itself to ptrace again",
              "");
      case SETHOSTNAME -> say("is named " + step.text(0), "hostname " + step.text(0));
      case SETDOMAINNAME ->
          say("has the NIS domain " + step.text(0), "domainname " + step.text(0));
      case PRIVATE ->
          say(
              "keeps mounts below " + step.text(0) + " to itself",
              "mount --make-rprivate " + step.text(0));
      case MOVE_MOUNT ->
          say(
              "places the " + slots.get((int) step.number(0)) + " on " + step.text(1),
              placing(slots.get((int) step.number(0)), step.text(1)));
      case ENTER -> say("enters " + step.text(0), "cd " + step.text(0));
      case PIVOT ->
          say(
              "makes it the root and takes the old root away",
              "pivot_root . . && umount -l . && cd /");
      case MOUNT -> mount(step);
      case MOUNT_PROC ->
          say("mounts the procfs of the pid namespace that it joins", "mount -t proc proc " + step.text(0));
      case MOUNT_ATTR -> attributes(step);
      case MKDIR ->
          say(
              "makes the directory " + step.text(0) + " if it is missing",
              "mkdir -p -m " + octal(step, 1) + " " + step.text(0));
      case TOUCH ->
          say("makes the file " + step.text(0) + " if it is missing", "touch " + step.text(0));
      case MKNOD -> mknod(step);
      case SYMLINK ->
          say(
              "links " + step.text(1) + " to " + step.text(0),
              "ln -s " + step.text(0) + " " + step.text(1));
      case MASK ->
          say("hides " + step.text(0), "mount --bind /dev/null " + step.text(0));
      case READONLY ->
          say(
              "makes " + step.text(0) + " read-only",
              "mount --bind -o ro " + step.text(0) + " " + step.text(0));
      case WRITE ->
          say(
              "writes " + step.text(1) + " to " + step.text(0),
              "echo '" + step.text(1) + "' > " + step.text(0));
      case RLIMIT -> rlimit(step);
      case UMASK -> say("creates files with umask " + octal(step, 0), "umask " + octal(step, 0));
      case SETSID -> say("starts a session of its own", "setsid");
      case STDIO -> say("takes the keeper's pipes as standard input, output and error", "");
      case PTY -> say("makes a terminal and takes it as standard input, output and error", "");
      case CHOWN_STDIO ->
          say("gives its standard streams to user " + step.number(0), "");
      case BOUNDING ->
          say(
              "gives up for ever all capabilities but " + capabilities(step, 0),
              "setpriv --bounding-set " + list(step, 0));
      case GROUPS -> groups(step);
      case KEEPCAPS -> say("keeps its capabilities over the change of user", "");
      case SETUID ->
          say(
              "becomes user " + step.number(0) + ", group " + step.number(1),
              "setpriv --reuid " + step.number(0) + " --regid " + step.number(1));
      case PDEATHSIG -> say("dies with its keeper", "setpriv --pdeathsig KILL");
      case CAPSET ->
          say("holds the capabilities " + capabilities(step, 0), "setpriv --inh-caps -all");
      case NO_NEW_PRIVS ->
          say("gains no privileges from set-uid programs", "setpriv --no-new-privs");
      case SECCOMP ->
          say(
              "filters system calls: " + step.bytes(0).length / 8 + " BPF instructions",
              "setpriv --seccomp-filter FILE");
      case CHDIR -> say("works in " + step.text(0), "cd " + step.text(0));
      case INIT -> say("leaves an init as pid 1, and goes on as its child", "");
      case EXEC -> exec(step);
      case CHROOT_CHECK -> say("checks that it stands in the container's root", "");
      case KEYRING -> say("has an empty keyring", "keyctl new_session");
      case SIGDEFAULT -> say("resets the handling of all signals", "env --default-signal");
      case BIND ->
          say(
              "shows " + step.text(0) + " on " + step.text(1),
              "mount --bind " + step.text(0) + " " + step.text(1));
      case CGROUP_MOUNTS ->
          say("shows its control groups below " + step.text(0) + ", read-only", "");
    };
  }

  private static String slot(Step step, List<String> slots) {
    return slots.get((int) step.number(0));
  }

  private static String hierarchy(Step step, List<String> slots) {
    return slot(step, slots).substring("cgroup ".length());
  }

  /** The step before the first: how the process comes into being. */
  static StepText birth(long namespaces) {
    return say(
        "is born in new namespaces: " + String.join(", ", namespaces(namespaces)),
        "unshare --fork " + flags(namespaces));
  }

  private static String octal(Step step, int index) {
    return String.format("%04o", step.number(index));
  }

  private static StepText setns(Step step, List<String> slots) {
    String slot = slot(step, slots);
    return slot.equals("process")
        ? say(
            "joins the container's namespaces: "
                + String.join(", ", namespaces(step.number(1))),
            "nsenter -t PID " + flags(step.number(1)))
        : say("joins the " + slot + " namespace that was prepared", "nsenter --" + option(slot) + "=FILE");
  }

  private static String option(String slot) {
    return slot.equals("network") ? "net" : slot;
  }

  private static List<String> namespaces(long mask) {
    List<String> names = new ArrayList<>();
    add(names, mask, Namespaces.CLONE_NEWNS, "mount");
    add(names, mask, Namespaces.CLONE_NEWNET, "net");
    add(names, mask, Namespaces.CLONE_NEWPID, "pid");
    add(names, mask, Namespaces.CLONE_NEWIPC, "ipc");
    add(names, mask, Namespaces.CLONE_NEWUTS, "uts");
    add(names, mask, Namespaces.CLONE_NEWCGROUP, "cgroup");
    return names;
  }

  private static void add(List<String> names, long mask, long flag, String name) {
    if ((mask & flag) != 0) {
      names.add(name);
    }
  }

  private static String flags(long mask) {
    return String.join(" ", namespaces(mask).stream().map(n -> "--" + n).toList());
  }

  private static String placing(String slot, String path) {
    if (slot.equals("root")) {
      return "mount -t overlay overlay -o lowerdir=LAYERS,upperdir=UPPER,workdir=WORK " + path;
    }
    boolean readOnly = slot.endsWith(", read-only");
    return "mount --bind " + (readOnly ? "-o ro " : "") + "SOURCE " + path;
  }

  private static StepText mount(Step step) {
    StringJoiner options = new StringJoiner(",");
    long flags = step.number(3);
    option(options, flags, Mounts.MS_RDONLY, "ro");
    option(options, flags, Mounts.MS_NOSUID, "nosuid");
    option(options, flags, Mounts.MS_NODEV, "nodev");
    option(options, flags, Mounts.MS_NOEXEC, "noexec");
    option(options, flags, 1 << 24, "strictatime");
    if (!step.text(4).isEmpty()) {
      options.add(step.text(4));
    }
    String withOptions = options.length() == 0 ? "" : " -o " + options;
    return say(
        "mounts " + article(step.text(2)) + " on " + step.text(1),
        "mount -t " + step.text(2) + withOptions + " " + step.text(0) + " " + step.text(1));
  }

  private static String article(String type) {
    return switch (type) {
      case "proc" -> "the process list";
      case "sysfs" -> "the kernel's devices";
      case "devpts" -> "terminals of its own";
      case "mqueue" -> "message queues of its own";
      case "tmpfs" -> "an empty file system in memory";
      default -> "a " + type;
    };
  }

  private static void option(StringJoiner options, long flags, long flag, String name) {
    if ((flags & flag) != 0) {
      options.add(name);
    }
  }

  private static StepText attributes(Step step) {
    boolean readOnly = (step.number(1) & Mounts.MOUNT_ATTR_RDONLY) != 0;
    return say(
        "makes " + step.text(0) + (readOnly ? " read-only" : " writable"),
        "mount -o remount,bind," + (readOnly ? "ro " : "rw ") + step.text(0));
  }

  private static StepText mknod(Step step) {
    boolean block = (step.number(1) & 0xf000) == 0x6000;
    String mode = String.format("%04o", step.number(1) & 07777);
    String numbers = step.number(2) + ":" + step.number(3);
    return say(
        "makes the device " + step.text(0) + " (" + (block ? "block " : "character ") + numbers + ")",
        "mknod -m " + mode + " " + step.text(0) + (block ? " b " : " c ") + step.number(2) + " "
            + step.number(3));
  }

  private static StepText rlimit(Step step) {
    String name = Ulimit.name((int) step.number(0));
    return say(
        "limits " + name + " to " + limit(step.number(1)) + ", at most " + limit(step.number(2)),
        "prlimit --" + name + "=" + limit(step.number(1)) + ":" + limit(step.number(2)));
  }

  private static String limit(long value) {
    return value < 0 ? "unlimited" : Long.toString(value);
  }

  private static String capabilities(Step step, int index) {
    List<String> names = Capabilities.names(step.number(index));
    return names.isEmpty() ? "none" : names.size() + " (" + String.join(" ", names) + ")";
  }

  private static String list(Step step, int index) {
    StringJoiner list = new StringJoiner(",");
    list.add("-all");
    for (String name : Capabilities.names(step.number(index))) {
      list.add("+" + name.substring("CAP_".length()).toLowerCase(java.util.Locale.ROOT));
    }
    return list.toString();
  }

  private static StepText groups(Step step) {
    ByteBuffer bytes = ByteBuffer.wrap(step.bytes(0)).order(ByteOrder.LITTLE_ENDIAN);
    StringJoiner groups = new StringJoiner(",");
    while (bytes.hasRemaining()) {
      groups.add(Integer.toString(bytes.getInt()));
    }
    return say("is in the groups " + groups, "setpriv --groups " + groups);
  }

  private static StepText exec(Step step) {
    int argc = (int) step.number(0);
    StringJoiner command = new StringJoiner(" ");
    StringJoiner environment = new StringJoiner(" ");
    for (int i = 1; i < step.args().size(); i++) {
      (i <= argc ? command : environment).add(quoted(step.text(i)));
    }
    return say("runs " + command, "exec env -i " + environment + " " + command);
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
