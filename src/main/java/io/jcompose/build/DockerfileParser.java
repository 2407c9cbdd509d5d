package io.jcompose.build;

import io.jcompose.build.Dockerfile.Stage;
import java.util.ArrayList;
import java.util.List;

/** Reads a whole Dockerfile: instructions into stages. */
final class DockerfileParser {
  private DockerfileParser() {}

  /** {@code name} is how errors call the file. */
  static Dockerfile parse(String name, String text) {
    Source source = Source.of(name, text);
    List<String> warnings = new ArrayList<>();
    LineReader reader = new LineReader(source, warnings);
    List<RawInstruction> raw = reader.read();
    InstructionParser parser = new InstructionParser(reader.escape());
    List<Instruction.Arg> globals = new ArrayList<>();
    List<Stage> stages = new ArrayList<>();
    for (RawInstruction each : raw) {
      Instruction instruction = parser.parse(each);
      if (instruction instanceof Instruction.From from) {
        String stageName = from.name().orElse("");
        stages.add(new Stage(stages.size(), stageName, from, new ArrayList<>()));
      } else if (!stages.isEmpty()) {
        stages.getLast().instructions().add(instruction);
      } else if (instruction instanceof Instruction.Arg arg) {
        globals.add(arg);
      } else {
        throw each.at().error("no FROM stands before this " + each.keyword());
      }
    }
    if (stages.isEmpty()) {
      throw new BuildException(name + ": the file has no FROM");
    }
    return new Dockerfile(
        source, reader.escape(), globals, stages, warnings, reader.findings(), reader.lint());
  }

  /** Reads an ONBUILD trigger of a base image. */
  static Instruction parseTrigger(String image, String text) {
    LineReader reader = new LineReader(Source.of("ONBUILD of " + image, text), new ArrayList<>());
    List<RawInstruction> raw = reader.read();
    if (raw.size() != 1) {
      throw new BuildException(
          "the ONBUILD trigger of " + image + " is not one instruction: " + text);
    }
    return new InstructionParser(reader.escape()).parse(raw.getFirst());
  }
}
