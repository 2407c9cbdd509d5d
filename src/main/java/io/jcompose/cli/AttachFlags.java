package io.jcompose.cli;

import io.jcompose.engine.StreamOptions;
import picocli.CommandLine.Option;

/** How a caller is joined to a container that runs. */
final class AttachFlags {
  @Option(names = "--detach-keys", paramLabel = "KEYS", description = "Keys that leave it running. Default: ctrl-p,ctrl-q")
  String detachKeys = "ctrl-p,ctrl-q";

  @Option(names = "--no-stdin", description = "Leaves its input alone")
  boolean noStdin;

  @Option(names = "--sig-proxy", arity = "0..1", paramLabel = "true|false", fallbackValue = "true", description = "Hands signals on to it. Default: true")
  boolean forwardSignals = true;

  StreamOptions streams() {
    return new StreamOptions(!noStdin, true, true, detachKeys, forwardSignals, true);
  }
}
