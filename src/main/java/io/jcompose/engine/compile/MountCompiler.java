package io.jcompose.engine.compile;

import io.jcompose.compose.model.FileRef;
import io.jcompose.compose.model.FileSource;
import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;
import io.jcompose.image.ImageConfig;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What a service's containers have mounted, and the volumes among it. Makes anonymous volumes. */
public final class MountCompiler {
  private final Project project;
  private final Volumes volumes;
  private final SecretFiles secretFiles;
  private final VolumesFrom volumesFrom;

  /** Looks up what another container has mounted. */
  @FunctionalInterface
  public interface VolumesFrom {
    /** The mounts of the first container of {@code reference}: a service, or {@code container:name}. */
    Mounts of(String reference);
  }

  /** Puts the bytes of a secret or config where they can be mounted from. */
  @FunctionalInterface
  public interface SecretFiles {
    /** Returns the absolute path of the file that was written for the container {@code id}. */
    Path write(String id, FileRef ref, byte[] content);
  }

  /**
   * @param volumes by target: the named and anonymous volumes among the mounts
   */
  public record Mounts(
      List<io.jcompose.container.Mount> mounts, Map<String, MountedVolume> volumes) {}

  public MountCompiler(Project project, Volumes volumes, SecretFiles secretFiles, VolumesFrom volumesFrom) {
    this.project = project;
    this.volumes = volumes;
    this.secretFiles = secretFiles;
    this.volumesFrom = volumesFrom;
  }

  /**
   * @param inherited anonymous volumes of the container that is replaced: target → name
   */
  Mounts compile(Service service, ImageConfig image, String id, Map<String, String> inherited) {
    Map<String, io.jcompose.container.Mount> byTarget = new LinkedHashMap<>();
    Map<String, MountedVolume> mounted = new LinkedHashMap<>();
    for (String reference : service.storage().volumesFrom()) {
      addFrom(reference, byTarget, mounted);
    }
    // What is mounted over is not mounted.
    service.storage().mounts().forEach(mount -> mounted.remove(mount.target()));
    service.storage().tmpfs().forEach(tmpfs -> mounted.remove(tmpfs.split(":", 2)[0]));
    service.storage().secrets().forEach(ref -> mounted.remove(ref.target()));
    service.storage().configs().forEach(ref -> mounted.remove(ref.target()));
    for (Mount mount : service.storage().mounts()) {
      byTarget.put(mount.target(), compile(service, mount, id, inherited, mounted));
    }
    for (String tmpfs : service.storage().tmpfs()) {
      int colon = tmpfs.indexOf(':');
      String target = colon < 0 ? tmpfs : tmpfs.substring(0, colon);
      String options = colon < 0 ? "" : tmpfs.substring(colon + 1);
      byTarget.put(target, new io.jcompose.container.Mount.Tmpfs(target, options, false));
    }
    addFiles(service, id, byTarget);
    for (String target : imageVolumes(image)) {
      if (!byTarget.containsKey(target)) {
        byTarget.put(target, anonymous(service, target, false, false, "", inherited, mounted));
      }
    }
    return new Mounts(List.copyOf(byTarget.values()), mounted);
  }

  private static Set<String> imageVolumes(ImageConfig image) {
    Set<String> targets = new LinkedHashSet<>();
    for (String volume : image.volumes()) {
      String target = Path.of("/").resolve(volume).normalize().toString();
      if (!target.equals("/")) {
        targets.add(target);
      }
    }
    return targets;
  }

  private void addFrom(
      String reference,
      Map<String, io.jcompose.container.Mount> byTarget,
      Map<String, MountedVolume> mounted) {
    boolean readOnly = reference.endsWith(":ro");
    String source = reference.replaceAll(":(ro|rw)$", "");
    Mounts other = volumesFrom.of(source);
    for (io.jcompose.container.Mount mount : other.mounts()) {
      switch (mount) {
        case io.jcompose.container.Mount.Volume v ->
            byTarget.put(
                v.target(),
                new io.jcompose.container.Mount.Volume(
                    v.name(), v.source(), v.target(), readOnly || v.readOnly(), true, v.subpath()));
        case io.jcompose.container.Mount.Bind b ->
            byTarget.put(
                b.target(),
                new io.jcompose.container.Mount.Bind(
                    b.source(), b.target(), readOnly || b.readOnly(), b.recursive(), b.propagation()));
        case io.jcompose.container.Mount.Tmpfs _ -> {
          // Memory belongs to one container; it has no files that another could share.
        }
      }
    }
    other.volumes().forEach((target, v) -> mounted.put(target, new MountedVolume(v.name(), false)));
  }

  private io.jcompose.container.Mount compile(
      Service service,
      Mount mount,
      String id,
      Map<String, String> inherited,
      Map<String, MountedVolume> mounted) {
    return switch (mount) {
      case Mount.Bind bind -> bind(service, bind);
      case Mount.Volume volume when volume.anonymous() ->
          anonymous(
              service, volume.target(), volume.readOnly(), volume.nocopy(),
              volume.subpath().orElse(""), inherited, mounted);
      case Mount.Volume volume -> named(service, volume, mounted);
      case Mount.Tmpfs tmpfs -> {
        List<String> options = new ArrayList<>();
        tmpfs.size().ifPresent(size -> options.add("size=" + size));
        tmpfs.mode().ifPresent(mode -> options.add("mode=" + Integer.toOctalString(mode)));
        yield new io.jcompose.container.Mount.Tmpfs(
            tmpfs.target(), String.join(",", options), tmpfs.readOnly());
      }
      case Mount.Image image ->
          throw new EngineException(
              "service \"" + service.name() + "\": the volume of type image at " + image.target()
                  + " is not supported by this version; build an image that copies the files");
      case Mount.Foreign foreign ->
          throw new EngineException(
              "service \"" + service.name() + "\": a volume of type " + foreign.type() + " at "
                  + foreign.target() + " doesn't exist on Linux");
    };
  }

  private static io.jcompose.container.Mount bind(Service service, Mount.Bind bind) {
    if (!Files.exists(bind.source())) {
      if (!bind.createHostPath()) {
        throw new EngineException(
            "service \"" + service.name() + "\": the bind source " + bind.source()
                + " doesn't exist; make it, or set bind.create_host_path: true");
      }
      try {
        Files.createDirectories(bind.source());
      } catch (IOException e) {
        throw new EngineException(
            "service \"" + service.name() + "\": the bind source " + bind.source()
                + " doesn't exist and cannot be made: " + e.getMessage(), e);
      }
    }
    boolean recursive = !bind.recursive().orElse("enabled").equals("disabled");
    return new io.jcompose.container.Mount.Bind(
        bind.source().toString(), bind.target(), bind.readOnly(), recursive,
        bind.propagation().orElse("rprivate"));
  }

  private io.jcompose.container.Mount named(
      Service service, Mount.Volume mount, Map<String, MountedVolume> mounted) {
    String name = project.volumes().get(mount.volume().orElseThrow()).name();
    Volume volume =
        volumes
            .find(name)
            .orElseThrow(
                () ->
                    new EngineException(
                        "service \"" + service.name() + "\": the volume " + name + " is gone"));
    mounted.put(mount.target(), new MountedVolume(name, false));
    return mount(volume, mount.target(), mount.readOnly(), mount.nocopy(), mount.subpath().orElse(""));
  }

  private io.jcompose.container.Mount anonymous(
      Service service,
      String target,
      boolean readOnly,
      boolean nocopy,
      String subpath,
      Map<String, String> inherited,
      Map<String, MountedVolume> mounted) {
    String name = inherited.getOrDefault(target, randomName());
    Volume volume =
        volumes.create(
            new Volume(
                name,
                Map.of(),
                Map.of(
                    "com.docker.compose.project", project.name(),
                    "com.docker.compose.service", service.name()),
                project.name(),
                "",
                Map.of(),
                true,
                System.currentTimeMillis()));
    mounted.put(target, new MountedVolume(name, true));
    return mount(volume, target, readOnly, nocopy, subpath);
  }

  private io.jcompose.container.Mount mount(
      Volume volume, String target, boolean readOnly, boolean nocopy, String subpath) {
    return new io.jcompose.container.Mount.Volume(
        volume.name(), volumes.data(volume).toString(), target, readOnly, nocopy, subpath);
  }

  private void addFiles(
      Service service, String id, Map<String, io.jcompose.container.Mount> byTarget) {
    for (FileRef ref : service.storage().secrets()) {
      FileSource source = project.secrets().get(ref.source()).source();
      byTarget.put(ref.target(), file(service, "secret", id, ref, source));
    }
    for (FileRef ref : service.storage().configs()) {
      FileSource source = project.configs().get(ref.source()).source();
      byTarget.put(ref.target(), file(service, "config", id, ref, source));
    }
  }

  private io.jcompose.container.Mount file(
      Service service, String kind, String id, FileRef ref, FileSource source) {
    byte[] content =
        switch (source) {
          case FileSource.File file -> read(service, kind, ref, file.path());
          case FileSource.Variable variable ->
              variable
                  .value()
                  .orElseThrow(
                      () ->
                          new EngineException(
                              kind + " \"" + ref.source() + "\": the variable " + variable.variable()
                                  + " is not set"))
                  .getBytes(StandardCharsets.UTF_8);
          case FileSource.Content text -> text.content().getBytes(StandardCharsets.UTF_8);
          case FileSource.External _ ->
              throw new EngineException(
                  kind + " \"" + ref.source() + "\" is external, and this engine keeps none; give it a file:");
          case FileSource.Driver driver ->
              throw new EngineException(
                  kind + " \"" + ref.source() + "\": there is no driver " + driver.driver());
        };
    Path written = secretFiles.write(id, ref, content);
    return io.jcompose.container.Mount.Bind.of(written.toString(), ref.target(), true);
  }

  private static byte[] read(Service service, String kind, FileRef ref, Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new EngineException(
          "service \"" + service.name() + "\": the file " + path + " of " + kind + " \""
              + ref.source() + "\" cannot be read", e);
    }
  }

  private static String randomName() {
    byte[] bytes = new byte[32];
    RandomGenerator.of("SecureRandom").nextBytes(bytes);
    return java.util.HexFormat.of().formatHex(bytes);
  }
}
