package io.jcompose.engine;

import io.jcompose.build.BuildFiles;
import io.jcompose.build.BuildRequest.Entitlement;
import io.jcompose.build.RunSettings;
import io.jcompose.compose.model.Build;
import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.container.Ulimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Makes a service's build section an order. */
final class ServiceBuild {
  private final Project project;
  private final Service service;
  private final Build build;

  ServiceBuild(Project project, Service service) {
    this.project = project;
    this.service = service;
    this.build = service.build().orElseThrow();
  }

  /** The name that the image gets. */
  static String image(Project project, Service service) {
    return service.image().orElse(project.name() + "-" + service.name());
  }

  ImageBuildOrder order(ImageBuilds.Options options, Progress progress) {
    String image = image(project, service);
    Set<String> tags = new LinkedHashSet<>(List.of(image));
    tags.addAll(build.tags());
    Map<String, String> arguments = new HashMap<>();
    build.args().forEach((key, value) -> value.ifPresent(v -> arguments.put(key, v)));
    arguments.putAll(options.arguments());
    Map<String, List<String>> ssh = new HashMap<>(build.ssh());
    ssh.putAll(options.ssh());
    String name = build.dockerfile().filter(text -> !text.isEmpty()).orElse("Dockerfile");
    BuildFiles files = files();
    Path dockerfile = files instanceof BuildFiles.Folder folder ? folder.path().resolve(name) : Path.of(name);
    return new ImageBuildOrder(
        image,
        files,
        dockerfile,
        build.dockerfileInline(),
        build.target(),
        arguments,
        contexts(),
        secrets(),
        ssh,
        build.labels(),
        Map.of(),
        List.copyOf(tags),
        options.noCache() || build.noCache(),
        Set.of(),
        options.pull() || build.pull(),
        platform(progress),
        run(),
        new ImageBuildOrder.Caches(build.cacheFrom(), build.cacheTo(), project.directory()));
  }

  private Map<String, String> contexts() {
    Map<String, String> contexts = new HashMap<>();
    build
        .additionalContexts()
        .forEach((name, source) -> contexts.put(name, LayoutContext.absolute(source, project.directory())));
    return contexts;
  }

  private BuildFiles files() {
    if (!build.remote()) {
      return new BuildFiles.Folder(Path.of(build.context()));
    }
    if (BuildFiles.isAddress(build.context())) {
      return new BuildFiles.Address(build.context());
    }
    throw error("build.context: " + build.context() + " is neither a folder nor the address of a repository or an archive");
  }

  /** The host's, where it is among those that are listed. */
  private Optional<String> platform(Progress progress) {
    String here = "linux/" + io.jcompose.image.ImageConfig.hostArchitecture();
    List<String> listed = build.platforms();
    boolean ours = listed.stream().anyMatch(p -> p.equals(here) || p.startsWith(here + "/"));
    if (listed.isEmpty()) {
      return service.platform();
    }
    if (!ours) {
      return Optional.of(listed.getFirst());
    }
    if (listed.size() > 1) {
      progress.warning(
          "service \"" + service.name() + "\": of build.platforms only " + here + " is built: this machine runs no other");
    }
    return Optional.of(here);
  }

  private RunSettings run() {
    List<Ulimit> ulimits = new ArrayList<>();
    build
        .ulimits()
        .forEach(
            (name, limit) -> {
              try {
                ulimits.add(new Ulimit(name, limit.soft(), limit.hard()));
              } catch (IllegalArgumentException e) {
                throw error(e.getMessage());
              }
            });
    return new RunSettings(
        build.network().orElse("default"),
        build.extraHosts().stream().map(h -> h.name() + ":" + h.address()).toList(),
        build.shmSize().orElse(0),
        ulimits,
        build.privileged(),
        entitlements(build.entitlements()),
        Optional.empty());
  }

  /** Those that are known; others speak of what is not here. */
  static Set<Entitlement> entitlements(List<String> names) {
    EnumSet<Entitlement> granted = EnumSet.noneOf(Entitlement.class);
    Arrays.stream(Entitlement.values()).filter(each -> names.contains(each.text())).forEach(granted::add);
    return granted;
  }

  private Map<String, Supplier<byte[]>> secrets() {
    Map<String, Supplier<byte[]>> secrets = new HashMap<>();
    for (FileRef ref : build.secrets()) {
      FileSource source = project.secrets().get(ref.source()).source();
      String id = ref.target().isEmpty() ? ref.source() : ref.target();
      secrets.put(id.substring(id.lastIndexOf('/') + 1), () -> content(ref, source));
    }
    return secrets;
  }

  private static byte[] content(FileRef ref, FileSource source) {
    return switch (source) {
      case FileSource.File file -> {
        try {
          yield Files.readAllBytes(file.path());
        } catch (IOException e) {
          throw new EngineException("the file " + file.path() + " of secret \"" + ref.source() + "\" cannot be read", e);
        }
      }
      case FileSource.Variable variable ->
          variable
              .value()
              .orElseThrow(
                  () ->
                      new EngineException(
                          "secret \"" + ref.source() + "\": the variable " + variable.variable() + " is not set"))
              .getBytes(StandardCharsets.UTF_8);
      case FileSource.Content text -> text.content().getBytes(StandardCharsets.UTF_8);
      case FileSource.External _, FileSource.Driver _ ->
          throw new EngineException("secret \"" + ref.source() + "\" is kept elsewhere; give it a file: or environment:");
    };
  }

  private EngineException error(String message) {
    return new EngineException("service \"" + service.name() + "\": " + message);
  }
}
