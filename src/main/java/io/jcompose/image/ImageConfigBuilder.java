package io.jcompose.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A configuration that is being changed, as a Dockerfile's instructions do one after the other. */
public final class ImageConfigBuilder {
  private final String architecture;
  private final String os;
  private String variant;
  private String created;
  private String author;
  private List<String> env;
  private List<String> cmd;
  private List<String> entrypoint;
  private String user;
  private String workingDir;
  private final SortedSet<String> volumes;
  private final SortedSet<String> exposedPorts;
  private String stopSignal;
  private Optional<ImageHealthcheck> healthcheck;
  private final Map<String, String> labels;
  private List<String> shell;
  private final List<String> onBuild;
  private final List<Digest> diffIds;
  private final List<ImageConfig.History> history;

  ImageConfigBuilder(ImageConfig from) {
    architecture = from.architecture();
    os = from.os();
    variant = from.variant();
    created = from.created();
    author = from.author();
    env = new ArrayList<>(from.env());
    cmd = from.cmd();
    entrypoint = from.entrypoint();
    user = from.user();
    workingDir = from.workingDir();
    volumes = new TreeSet<>(from.volumes());
    exposedPorts = new TreeSet<>(from.exposedPorts());
    stopSignal = from.stopSignal();
    healthcheck = from.healthcheck();
    labels = new TreeMap<>(from.labels());
    shell = from.shell();
    onBuild = new ArrayList<>(from.onBuild());
    diffIds = new ArrayList<>(from.diffIds());
    history = new ArrayList<>(from.history());
  }

  /** Of the architecture, such as {@code v7}; empty for the usual one. */
  public ImageConfigBuilder variant(String name) {
    variant = name;
    return this;
  }

  public ImageConfigBuilder created(String time) {
    created = time;
    return this;
  }

  public ImageConfigBuilder author(String name) {
    author = name;
    return this;
  }

  /** Sets a variable; one that is there keeps its place. */
  public ImageConfigBuilder env(String name, String value) {
    String entry = name + "=" + value;
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).startsWith(name + "=")) {
        env.set(i, entry);
        return this;
      }
    }
    env.add(entry);
    return this;
  }

  public ImageConfigBuilder cmd(List<String> argv) {
    cmd = List.copyOf(argv);
    return this;
  }

  public ImageConfigBuilder entrypoint(List<String> argv) {
    entrypoint = List.copyOf(argv);
    return this;
  }

  public ImageConfigBuilder user(String name) {
    user = name;
    return this;
  }

  public ImageConfigBuilder workingDir(String path) {
    workingDir = path;
    return this;
  }

  public ImageConfigBuilder volume(String path) {
    volumes.add(path);
    return this;
  }

  public ImageConfigBuilder exposedPort(String port) {
    exposedPorts.add(port);
    return this;
  }

  public ImageConfigBuilder stopSignal(String signal) {
    stopSignal = signal;
    return this;
  }

  public ImageConfigBuilder healthcheck(ImageHealthcheck check) {
    healthcheck = Optional.of(check);
    return this;
  }

  public ImageConfigBuilder label(String key, String value) {
    labels.put(key, value);
    return this;
  }

  public ImageConfigBuilder shell(List<String> argv) {
    shell = List.copyOf(argv);
    return this;
  }

  public ImageConfigBuilder onBuild(String instruction) {
    onBuild.add(instruction);
    return this;
  }

  public ImageConfigBuilder clearOnBuild() {
    onBuild.clear();
    return this;
  }

  public ImageConfigBuilder history(ImageConfig.History entry) {
    history.add(entry);
    return this;
  }

  /** Adds the next layer above those that are there. */
  public ImageConfigBuilder layer(Digest diffId) {
    diffIds.add(diffId);
    return this;
  }

  /** Replaces layers, the lowest first, and history. */
  public ImageConfigBuilder replaceFiles(List<Digest> layers, List<ImageConfig.History> entries) {
    diffIds.clear();
    diffIds.addAll(layers);
    history.clear();
    history.addAll(entries);
    return this;
  }

  public ImageConfig build() {
    return new ImageConfig(
        architecture,
        os,
        variant,
        created,
        author,
        List.copyOf(env),
        cmd,
        entrypoint,
        user,
        workingDir,
        volumes,
        exposedPorts,
        stopSignal,
        healthcheck,
        Map.copyOf(labels),
        shell,
        List.copyOf(onBuild),
        List.copyOf(diffIds),
        List.copyOf(history));
  }
}
