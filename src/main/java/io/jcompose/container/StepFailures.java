package io.jcompose.container;

import io.jcompose.linux.Errno;

/** Turns the failure of a step into what a user understands. */
final class StepFailures {
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;
  private static final int OURS = 125;

  private StepFailures() {}

  static StartException explain(StepFailedException failure, StepProgram program) {
    int errno = failure.errno;
    String why = Errno.message(errno);
    boolean before =
        failure.step == StepFailedException.NO_STEP || failure.step >= program.steps().size();
    if (before) {
      String what = failure.argument.isEmpty() ? "the start" : failure.argument;
      return new StartException(OURS, what + ": " + why, failure);
    }
    Step step = program.steps().get(failure.step);
    return switch (step.op()) {
      case EXEC -> exec(step.text(1), errno, failure);
      case CHDIR ->
          new StartException(
              errno == Errno.EACCES ? NOT_EXECUTABLE : NOT_FOUND,
              "the working directory " + step.text(0) + " cannot be entered: " + directory(errno),
              failure);
      case MOVE_MOUNT -> mount(step, program, errno, failure);
      case SECCOMP ->
          new StartException(OURS, "the kernel refuses the seccomp profile: " + why, failure);
      case WRITE ->
          new StartException(
              OURS, step.text(0) + " cannot be set to " + step.text(1) + ": " + why, failure);
      case RLIMIT ->
          new StartException(
              OURS,
              "the ulimit " + Ulimit.name((int) step.number(0)) + " cannot be set: " + why,
              failure);
      case MOUNT, MKDIR ->
          new StartException(
              OURS,
              "the image cannot be used: "
                  + step.text(step.op() == Op.MOUNT ? 1 : 0)
                  + " is in the way: "
                  + directory(errno),
              failure);
      case MASK, STDIO -> byNull(step, program, failure);
      default -> other(step, program, failure);
    };
  }

  /** Both open the container's /dev/null, and take nothing else for it. */
  private static StartException byNull(Step step, StepProgram program, StepFailedException failure) {
    boolean falseNull = failure.errno == Errno.ENODEV || failure.errno == Errno.ELOOP || failure.errno == Errno.ENOENT;
    return falseNull
        ? new StartException(
            OURS,
            "/dev/null of the container is not the device of that name; check what is mounted on /dev: "
                + Errno.message(failure.errno),
            failure)
        : other(step, program, failure);
  }

  private static StartException other(Step step, StepProgram program, StepFailedException failure) {
    return new StartException(
        OURS,
        "step " + (failure.step + 1) + " failed (" + StepText.of(step, program.slots()).sentence() + "): "
            + Errno.message(failure.errno) + (failure.argument.isEmpty() ? "" : ": " + failure.argument),
        failure);
  }

  private static String directory(int errno) {
    return switch (errno) {
      case Errno.ELOOP -> "it is a symbolic link that may not be followed here";
      case Errno.EXDEV -> "it lies outside of the container";
      default -> Errno.message(errno);
    };
  }

  private static StartException exec(String program, int errno, StepFailedException failure) {
    String start = "exec: \"" + program + "\": ";
    return switch (errno) {
      case Errno.ENOENT, Errno.ENOTDIR ->
          new StartException(
              NOT_FOUND,
              start
                  + (program.contains("/")
                      ? "no such file or directory (or the interpreter in its first line is missing)"
                      : "executable file not found in $PATH"),
              failure);
      case Errno.ENOEXEC ->
          new StartException(
              NOT_EXECUTABLE,
              start + "exec format error: it is made for another machine, or a script without #!",
              failure);
      default -> new StartException(NOT_EXECUTABLE, start + Errno.message(errno), failure);
    };
  }

  private static StartException mount(
      Step step, StepProgram program, int errno, StepFailedException failure) {
    String slot = program.slots().get((int) step.number(0));
    boolean kinds = errno == Errno.ENOTDIR || errno == Errno.EISDIR || errno == Errno.EINVAL;
    String hint =
        kinds
            ? ": one of the two is a directory and the other a file; check that the path on the host exists"
                + " and is of the right kind"
            : ": " + Errno.message(errno);
    return new StartException(
        errno == Errno.ENOTDIR ? NOT_FOUND : OURS,
        "cannot mount " + slot + " at " + step.text(1) + hint,
        failure);
  }
}
