package io.jcompose.image.archive;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.Layer;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Makes an image of programs of this host: the smallest root in which they run. It has the files of
 * the programs with their libraries, root and nobody in /etc/passwd, and the folders that a
 * container needs. The same files give the same bytes.
 */
public final class HostImage {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  private static final List<String> FOLDERS = List.of("dev", "etc", "proc", "root", "sys", "tmp");
  private static final String PASSWD =
      "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
  private static final String GROUP = "root:x:0:\nnogroup:x:65534:\n";
  private static final int BUFFER = 1 << 17;
  private final ImageStore store;
  private final Path etc;

  /**
   * @param etc the host's /etc, for the loader's settings
   */
  public HostImage(ImageStore store, Path etc) {
    this.store = store;
    this.etc = etc;
  }

  /** Something in the new root. */
  private record Member(TarEntry entry, Optional<Path> file, byte[] content) {}

  /**
   * @param programs paths, or names to look up in {@code path}; the first is what the image runs
   * @param directory where relative paths start
   * @param progress gets a line for each thing that is copied for another's sake
   */
  public Image make(
      ImageReference name, List<String> programs, Path directory, String path, Consumer<String> progress) {
    try {
      HostPrograms host = new HostPrograms(new LibrarySearch(etc), path, progress);
      List<Path> added = new ArrayList<>();
      for (String program : programs) {
        added.add(host.add(program, directory));
      }
      Descriptor layer = layer(members(host));
      try {
        store.layerDirs(Layer.stack(List.of(layer.digest()), List.of(layer)));
        ImageConfig config =
            ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder()
                .created(DebianBootstrap.CREATED)
                .env("PATH", path(added))
                .cmd(List.of(added.getFirst().toString()))
                .layer(layer.digest())
                .history(
                    new ImageConfig.History(
                        DebianBootstrap.CREATED, "from-host " + String.join(" ", programs), "", "made by jcompose", false))
                .build();
        return store.add(config, List.of(layer), Map.of(Image.MADE_LOCALLY, "from-host"), Optional.of(name));
      } finally {
        store.blobs().unclaim(layer.digest());
      }
    } catch (IOException e) {
      throw new ImageException("copying programs of this host: " + e.getMessage(), e);
    }
  }

  /** The usual PATH, and folders that only this host has programs in. */
  private static String path(List<Path> programs) {
    Set<String> folders = new LinkedHashSet<>(List.of(PATH.split(":")));
    programs.forEach(program -> folders.add(program.getParent().toString()));
    return String.join(":", folders);
  }

  private TreeMap<String, Member> members(HostPrograms host) throws IOException {
    TreeMap<String, Member> members = new TreeMap<>();
    for (String folder : FOLDERS) {
      int mode = folder.equals("tmp") ? 01777 : folder.equals("root") ? 0700 : 0755;
      members.put(folder + "/", directory(folder, mode));
    }
    for (Path file : host.files()) {
      add(members, file);
    }
    if (host.dynamic() && Files.exists(etc.resolve("ld.so.cache"))) {
      members.put("etc/ld.so.cache", copied("etc/ld.so.cache", etc.resolve("ld.so.cache"), 0644));
    }
    members.put("etc/passwd", text("etc/passwd", PASSWD));
    members.put("etc/group", text("etc/group", GROUP));
    return members;
  }

  private static void add(TreeMap<String, Member> members, Path file) throws IOException {
    String name = file.toString().substring(1);
    for (Path above = file.getParent(); above != null && above.getNameCount() > 0; above = above.getParent()) {
      String folder = above.toString().substring(1);
      members.putIfAbsent(folder + "/", directory(folder, 0755));
    }
    if (Files.isSymbolicLink(file)) {
      byte[] target = Files.readSymbolicLink(file).toString().getBytes(StandardCharsets.UTF_8);
      members.put(name, new Member(TarEntry.of(name, Type.SYMLINK, 0777, 0).withLink(target), Optional.empty(), new byte[0]));
    } else {
      int mode = (int) Files.getAttribute(file, "unix:mode") & 07777;
      members.put(name, copied(name, file, mode));
    }
  }

  private static Member copied(String name, Path file, int mode) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    TarEntry entry = TarEntry.of(name, Type.FILE, mode, Files.size(file));
    return new Member(entry.withMtime(time.toMillis() / 1000), Optional.of(file), new byte[0]);
  }

  private static Member directory(String name, int mode) {
    return new Member(
        TarEntry.of(name + "/", Type.DIRECTORY, mode, 0).withMtime(DebianBootstrap.EPOCH_SECONDS),
        Optional.empty(),
        new byte[0]);
  }

  private static Member text(String name, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    TarEntry entry = TarEntry.of(name, Type.FILE, 0644, bytes.length);
    return new Member(entry.withMtime(DebianBootstrap.EPOCH_SECONDS), Optional.empty(), bytes);
  }

  private Descriptor layer(TreeMap<String, Member> members) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (BlobWriter blob = store.blobs().write()) {
      try (TarWriter tar = new TarWriter(new BufferedOutputStream(blob, BUFFER))) {
        for (Member member : members.values()) {
          if (member.file.isEmpty()) {
            tar.add(member.entry, member.content);
            continue;
          }
          tar.begin(member.entry);
          try (InputStream in = Files.newInputStream(member.file.get())) {
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
              tar.write(buffer, count);
            }
          }
        }
      }
      return blob.commit(MediaTypes.OCI_LAYER);
    }
  }
}
