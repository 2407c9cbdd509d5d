package io.jcompose.engine.compile;

import io.jcompose.compose.model.Mount;
import io.jcompose.compose.model.Project;
import io.jcompose.compose.model.Service;
import io.jcompose.engine.EngineException;
import io.jcompose.engine.RandomId;
import io.jcompose.image.ImageConfig;
import io.jcompose.plan.ObservedContainer.MountedVolume;
import io.jcompose.volume.Volume;
import io.jcompose.volume.Volumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a service's containers have mounted, and the volumes among it. Makes anonymous volumes. */
public final class MountCompiler {
  private final Project project;
  private final Volumes volumes;
  private final FileMounts.Store secretFiles;
  private final VolumesFrom volumesFrom;
  private final MountedImages images;
  private final List<String> made = new ArrayList<>();

  /** Looks up what another container has mounted. */
  @FunctionalInterface
  public interface VolumesFrom {
    /** The mounts of the first container of {@code reference}: a service, or {@code container:name}. */
    Mounts of(String reference);
  }

  /** Finds an image that is mounted. */
  @FunctionalInterface
  public interface MountedImages {
    /** The mount of the image {@code reference}. Throws {@link EngineException} when it is not in the store. */
    io.jcompose.container.Mount.Image mount(String reference, String target, String subpath);
  }

  /**
   * @param volumes by target: the named and anonymous volumes among the mounts
   */
  public record Mounts(
      List<io.jcompose.container.Mount> mounts, Map<String, MountedVolume> volumes) {}

  public MountCompiler(
      Project project,
      Volumes volumes,
      FileMounts.Store secretFiles,
      VolumesFrom volumesFrom,
      MountedImages images) {
    this.project = project;
    this.volumes = volumes;
    this.secretFiles = secretFiles;
    this.volumesFrom = volumesFrom;
    this.images = images;
  }

  /** The names of the anonymous volumes that it has made so far. */
  public List<String> made() {
    return List.copyOf(made);
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
    new FileMounts(project, secretFiles).of(service, id).forEach(file -> byTarget.put(file.target(), file));
    for (String target : imageVolumes(image)) {
      if (!byTarget.containsKey(target)) {
        Mount.Volume volume = new Mount.Volume(Optional.empty(), target, false, false, Optional.empty(), Map.of());
        byTarget.put(target, anonymous(service, volume, inherited, mounted));
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
                    v.name(), v.source(), v.target(), readOnly || v.readOnly(), true, v.subpath(), v.fileSystem()));
        case io.jcompose.container.Mount.Bind b when !b.own() ->
            byTarget.put(
                b.target(),
                new io.jcompose.container.Mount.Bind(
                    b.source(), b.target(), readOnly || b.readOnly(), b.recursive(), b.propagation(),
                    b.writableBelow()));
        case io.jcompose.container.Mount.Image image -> byTarget.put(image.target(), image);
        case io.jcompose.container.Mount.Tmpfs _,
            io.jcompose.container.Mount.File _,
            io.jcompose.container.Mount.Bind _ -> {
          // Memory belongs to one container, and so do secrets.
        }
      }
    }
    other.volumes().forEach((target, v) -> mounted.put(target, new MountedVolume(v.name(), v.anonymous())));
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
          anonymous(service, volume, inherited, mounted);
      case Mount.Volume volume -> named(service, volume, mounted);
      case Mount.Tmpfs tmpfs -> {
        List<String> options = new ArrayList<>();
        tmpfs.size().ifPresent(size -> options.add("size=" + size));
        tmpfs.mode().ifPresent(mode -> options.add("mode=" + Integer.toOctalString(mode)));
        yield new io.jcompose.container.Mount.Tmpfs(
            tmpfs.target(), String.join(",", options), tmpfs.readOnly());
      }
      case Mount.Image image ->
          images.mount(image.image(), image.target(), image.subpath().orElse(""));
      case Mount.Foreign foreign ->
          throw new EngineException(
              "service \"" + service.name() + "\": a volume of type " + foreign.type() + " at " + foreign.target()
                  + ": " + why(foreign.type()));
    };
  }

  private static String why(String type) {
    return switch (type) {
      case "cluster" -> "only a Swarm has cluster volumes, and this engine is one host; use type: volume";
      case "npipe" -> "named pipes are Windows'; mount a socket with type: bind";
      default -> "there are bind, volume, tmpfs and image";
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
    String recursive = bind.recursive().orElse("enabled");
    String propagation = bind.propagation().orElse("rprivate");
    if (recursive.equals("readonly") && !(bind.readOnly() && propagation.equals("rprivate"))) {
      throw new EngineException(
          "service \"" + service.name() + "\": bind.recursive: readonly at " + bind.target()
              + " goes with read_only: true, and with no propagation but rprivate");
    }
    if (recursive.equals("writable") && !bind.readOnly()) {
      throw new EngineException(
          "service \"" + service.name() + "\": bind.recursive: writable at " + bind.target()
              + " says what stays writable below a mount with read_only: true");
    }
    return new io.jcompose.container.Mount.Bind(
        bind.source().toString(), bind.target(), bind.readOnly(), !recursive.equals("disabled"),
        propagation, recursive.equals("writable"));
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
      Service service, Mount.Volume mount, Map<String, String> inherited, Map<String, MountedVolume> mounted) {
    String name = inherited.getOrDefault(mount.target(), RandomId.next());
    Map<String, String> labels = new TreeMap<>(mount.labels());
    labels.put("com.docker.compose.project", project.name());
    labels.put("com.docker.compose.service", service.name());
    Volume volume =
        volumes.create(
            new Volume(
                name, Map.of(), labels, project.name(), "", Map.of(), true, System.currentTimeMillis()));
    if (!inherited.containsKey(mount.target())) {
      made.add(name);
    }
    mounted.put(mount.target(), new MountedVolume(name, true));
    return mount(volume, mount.target(), mount.readOnly(), mount.nocopy(), mount.subpath().orElse(""));
  }

  private io.jcompose.container.Mount mount(
      Volume volume, String target, boolean readOnly, boolean nocopy, String subpath) {
    return VolumeMounts.mount(volume, volumes.backing(volume), target, readOnly, nocopy, subpath);
  }
}
