package io.jcompose.build;

import io.jcompose.build.RawInstruction.Flag;
import java.util.List;
import java.util.Optional;

/** One instruction of a Dockerfile, its variables not yet expanded. */
sealed interface Instruction {
  RawInstruction raw();

  /** A name and its value, as in ENV and LABEL. */
  record Pair(Text key, Text value) {}

  /** A name with or without a default, as in ARG. */
  record Declaration(Text name, Optional<Text> value) {}

  record From(RawInstruction raw, Optional<Flag> platform, Text base, Optional<String> name)
      implements Instruction {}

  record Arg(RawInstruction raw, List<Declaration> declarations) implements Instruction {}

  record Env(RawInstruction raw, List<Pair> pairs) implements Instruction {}

  record Label(RawInstruction raw, List<Pair> pairs) implements Instruction {}

  record Run(
      RawInstruction raw,
      Command command,
      List<Flag> mounts,
      Optional<Flag> network,
      Optional<Flag> security,
      List<Flag> devices)
      implements Instruction {}

  /** COPY and ADD. */
  record Copy(
      RawInstruction raw, boolean add, List<Text> sources, Text destination, CopyFlags flags)
      implements Instruction {}

  /** What stands between the keyword and the sources of a COPY or ADD. */
  record CopyFlags(
      Optional<Flag> from,
      Optional<Flag> chown,
      Optional<Flag> chmod,
      boolean link,
      boolean parents,
      List<Flag> excludes,
      Optional<Boolean> unpack,
      Optional<Flag> checksum,
      boolean keepsGit) {}

  record Workdir(RawInstruction raw, Text path) implements Instruction {}

  record User(RawInstruction raw, Text user) implements Instruction {}

  record StopSignal(RawInstruction raw, Text signal) implements Instruction {}

  record Maintainer(RawInstruction raw, Text name) implements Instruction {}

  record Volume(RawInstruction raw, List<Text> paths) implements Instruction {}

  record Expose(RawInstruction raw, List<Text> ports) implements Instruction {}

  record Cmd(RawInstruction raw, Command command) implements Instruction {}

  record Entrypoint(RawInstruction raw, Command command) implements Instruction {}

  record Shell(RawInstruction raw, List<String> argv) implements Instruction {}

  /** HEALTHCHECK; times in nanoseconds, 0 when not given; without a command it is NONE. */
  record Healthcheck(
      RawInstruction raw,
      Optional<Command> command,
      long interval,
      long timeout,
      long startPeriod,
      long startInterval,
      int retries)
      implements Instruction {}

  /** ONBUILD with the text of the instruction that it holds back. */
  record OnBuild(RawInstruction raw, String trigger) implements Instruction {}
}
