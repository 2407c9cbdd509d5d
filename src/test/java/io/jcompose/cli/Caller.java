package io.jcompose.cli;

import io.jcompose.engine.Cancellation;
import io.jcompose.engine.Invocation;
import io.jcompose.engine.Output;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Somebody in a folder, with variables, who reads what commands say and types nothing. */
final class Caller {
  private final Path folder;
  private final Map<String, String> environment;
  final Text out = new Text();
  final Text err = new Text();

  Caller(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /** The call of a line whose words stand apart. */
  Invocation calls(String line) {
    List<String> arguments = line.isEmpty() ? List.of() : List.of(line.split(" "));
    return new Invocation(
        arguments, folder, environment, out, err, List.of(Optional.empty(), Optional.empty(), Optional.empty()),
        false, Optional.empty(), new Cancellation());
  }

  static final class Text implements Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
    }

    @Override
    public boolean terminal() {
      return false;
    }

    @Override
    public String toString() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
