package io.jcompose.image.archive;

import io.jcompose.image.BlobWriter;
import io.jcompose.image.Cancellation;
import io.jcompose.image.Descriptor;
import io.jcompose.image.Image;
import io.jcompose.image.ImageConfig;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import io.jcompose.image.MediaTypes;
import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Trees;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes {@code busybox} from the static binary of Debian's package busybox-static: one file and its
 * names.
 */
final class BusyboxBootstrap {
  private static final String PASSWD =
      "root:x:0:0:root:/root:/bin/sh\n"
          + "daemon:x:1:1:daemon:/usr/sbin:/bin/false\n"
          + "www-data:x:33:33:www-data:/var/www:/bin/false\n"
          + "nobody:x:65534:65534:nobody:/home:/bin/false\n";
  private static final String GROUP =
      "root:x:0:\ndaemon:x:1:\ntty:x:5:\nwww-data:x:33:\nnogroup:x:65534:\n";

  private record Member(TarEntry entry, byte[] content) {}

  private final ImageStore store;
  private final Path installed;
  private final long epoch;

  /** {@code installed} is used when it is a static busybox; otherwise the package is downloaded. */
  BusyboxBootstrap(ImageStore store, Path installed, long epoch) {
    this.store = store;
    this.installed = installed;
    this.epoch = epoch;
  }

  Image make(ImageReference reference, Consumer<String> progress) {
    Path work = null;
    try {
      work = Files.createTempDirectory("jcompose-busybox");
      Path binary = StaticBinary.is(installed) ? installed : download(work, progress);
      progress.accept("making " + reference.familiar() + " from " + binary.getFileName());
      return store(reference, Files.readAllBytes(binary), applets(binary, work, progress));
    } catch (IOException e) {
      throw new ImageException("making " + reference.familiar() + ": " + e.getMessage(), e);
    } finally {
      if (work != null) {
        Trees.delete(work);
      }
    }
  }

  private static Path download(Path work, Consumer<String> progress) throws IOException {
    progress.accept("downloading the package busybox-static");
    new Tool("apt-get", "apt")
        .run(
            List.of("-o", "APT::Sandbox::User=root", "download", "busybox-static"),
            Map.of(),
            work,
            OutputStream.nullOutputStream(),
            progress,
            Cancellation.never());
    try (Stream<Path> files = Files.list(work)) {
      Path deb =
          files
              .filter(file -> file.toString().endsWith(".deb"))
              .findFirst()
              .orElseThrow(
                  () -> new ImageException("apt-get downloaded no package busybox-static"));
      Path root = work.resolve("root");
      new Tool("dpkg-deb", "dpkg")
          .run(
              List.of("-x", deb.toString(), root.toString()),
              Map.of(),
              work,
              OutputStream.nullOutputStream(),
              progress,
            Cancellation.never());
      Path binary = root.resolve("bin/busybox");
      return Files.exists(binary) ? binary : root.resolve("usr/bin/busybox");
    }
  }

  private static List<String> applets(Path binary, Path work, Consumer<String> progress) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    new Tool(binary.toString(), "busybox-static")
        .run(List.of("--list"), Map.of(), work, list, progress, Cancellation.never());
    return list.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(name -> !name.equals("busybox") && name.matches("[a-zA-Z0-9_.\\[-]+"))
        .toList();
  }

  private Image store(ImageReference reference, byte[] binary, List<String> applets)
      throws IOException {
    try (BlobWriter blob = store.blobs().write()) {
      try (TarWriter tar = new TarWriter(blob)) {
        for (Member member : members(binary, applets).values()) {
          tar.add(member.entry().withMtime(epoch), member.content());
        }
      }
      Descriptor layer = blob.commit(MediaTypes.OCI_LAYER);
      String created = Instant.ofEpochSecond(epoch).toString();
      ImageConfig config =
          ImageConfig.empty(ImageConfig.hostArchitecture(), "linux").toBuilder()
              .created(created)
              .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
              .cmd(List.of("sh"))
              .layer(layer.digest())
              .history(
                  new ImageConfig.History(
                      created, "busybox-static", "", "made by jcompose", false))
              .build();
      try {
        return store.add(
            config,
            List.of(layer),
            Map.of(Image.MADE_LOCALLY, "busybox-static"),
            Optional.of(reference));
      } finally {
        store.blobs().unclaim(layer.digest());
      }
    }
  }

  private static Map<String, Member> members(byte[] binary, List<String> applets) {
    Map<String, Member> members = new TreeMap<>();
    for (String dir :
        List.of("bin", "dev", "etc", "home", "proc", "sys", "usr", "usr/bin", "var")) {
      directory(members, dir, 0755);
    }
    directory(members, "root", 0700);
    directory(members, "tmp", 01777);
    directory(members, "var/www", 0755);
    file(members, "bin/busybox", 0755, binary);
    file(members, "etc/passwd", 0644, PASSWD.getBytes(StandardCharsets.US_ASCII));
    file(members, "etc/group", 0644, GROUP.getBytes(StandardCharsets.US_ASCII));
    for (String applet : applets) {
      String name = "bin/" + applet;
      TarEntry link =
          TarEntry.of(name, Type.SYMLINK, 0777, 0)
              .withLink("busybox".getBytes(StandardCharsets.US_ASCII));
      members.put(name, new Member(link, new byte[0]));
    }
    TarEntry env =
        TarEntry.of("usr/bin/env", Type.SYMLINK, 0777, 0)
            .withLink("../../bin/busybox".getBytes(StandardCharsets.US_ASCII));
    members.put("usr/bin/env", new Member(env, new byte[0]));
    return members;
  }

  private static void directory(Map<String, Member> members, String name, int mode) {
    members.put(name, new Member(TarEntry.of(name + "/", Type.DIRECTORY, mode, 0), new byte[0]));
  }

  private static void file(Map<String, Member> members, String name, int mode, byte[] content) {
    members.put(name, new Member(TarEntry.of(name, Type.FILE, mode, content.length), content));
  }
}
