package io.jcompose.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.tar.TarEntry;
import io.jcompose.image.tar.TarEntry.Type;
import io.jcompose.image.tar.TarReader;
import io.jcompose.image.tar.TarWriter;
import io.jcompose.linux.Fd;
import io.jcompose.linux.Fs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Hostile and honest layers. Beside the root lies a canary that no layer may touch. */
class LayerUnpackerTest {
  @TempDir Path temp;
  private Path root;
  private Path canary;

  @BeforeEach
  void plantCanary() throws IOException {
    root = Files.createDirectory(temp.resolve("root"));
    canary = Files.createDirectory(temp.resolve("canary"));
    Files.writeString(canary.resolve("file"), "alive");
  }

  @AfterEach
  void canaryIsUntouched() throws IOException {
    assertCanary(temp);
  }

  private static void assertCanary(Path temp) throws IOException {
    try (Stream<Path> all = Files.walk(temp.resolve("canary"))) {
      assertThat(all.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("canary", "file");
    }
    assertThat(temp.resolve("canary/file")).hasContent("alive");
    try (Stream<Path> beside = Files.list(temp)) {
      assertThat(beside.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("root", "canary");
    }
  }

  private record Member(TarEntry entry, String content) {}

  private static Member file(String name, String content) {
    int size = content.getBytes(StandardCharsets.UTF_8).length;
    return new Member(TarEntry.of(name, Type.FILE, 0644, size), content);
  }

  private static Member dir(String name) {
    return new Member(TarEntry.of(name, Type.DIRECTORY, 0755, 0), "");
  }

  private static Member symlink(String name, String target) {
    return new Member(
        TarEntry.of(name, Type.SYMLINK, 0777, 0).withLink(target.getBytes(StandardCharsets.UTF_8)),
        "");
  }

  private static Member hardLink(String name, String target) {
    return new Member(
        TarEntry.of(name, Type.HARD_LINK, 0644, 0)
            .withLink(target.getBytes(StandardCharsets.UTF_8)),
        "");
  }

  private static Member device(String name, Type type, int major, int minor) {
    return new Member(TarEntry.of(name, type, 0600, 0).withDevice(major, minor), "");
  }

  private static byte[] tar(List<Member> members) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarWriter writer = new TarWriter(bytes)) {
      for (Member member : members) {
        writer.add(member.entry(), member.content().getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toByteArray();
  }

  private void unpack(Member... members) throws IOException {
    unpack(root, UnpackLimits.DEFAULT, List.of(members));
  }

  private static void unpack(Path root, UnpackLimits limits, List<Member> members)
      throws IOException {
    try (Fd fd = Fs.open(root.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      new LayerUnpacker(fd, new TarReader(new ByteArrayInputStream(tar(members))), limits).unpack();
    }
  }

  private Fs.Stat stat(String path) {
    return Fs.stat(root.resolve(path).toString());
  }

  private boolean isOpaque(String path) {
    try (Fd fd = Fs.open(root.resolve(path).toString(), Fs.O_RDONLY, 0)) {
      return Fs.getXattr(fd, "trusted.overlay.opaque") != null;
    }
  }

  private boolean isWhiteout(String path) {
    Fs.Stat stat = stat(path);
    return stat.type() == Fs.S_IFCHR && stat.rdevMajor() == 0 && stat.rdevMinor() == 0;
  }

  @Tag("IMG-1")
  @Tag("IMG-2")
  @Tag("IMG-6")
  @TestFactory
  Stream<DynamicTest> confinesOrRefuses() {
    String out = "../canary";
    Map<String, List<Member>> attacks = new TreeMap<>();
    attacks.put("parent", List.of(file("../canary/x", "bad")));
    attacks.put("parent in the middle", List.of(dir("a"), file("a/../../canary/x", "bad")));
    attacks.put("only parents", List.of(dir("..")));
    attacks.put("parent at the end", List.of(dir("a/..")));
    attacks.put("link then file", List.of(symlink("a", out), file("a/x", "bad")));
    attacks.put("link then overwrite", List.of(symlink("a", out), file("a/file", "bad")));
    attacks.put(
        "link to file then write", List.of(symlink("f", "../canary/file"), file("f", "bad")));
    attacks.put(
        "deep link", List.of(dir("b"), symlink("b/a", "../../canary"), file("b/a/x", "bad")));
    attacks.put("link chain", List.of(symlink("a", "b"), symlink("b", out), file("a/x", "bad")));
    attacks.put("dir over link", List.of(symlink("a", out), dir("a"), file("a/x", "fine")));
    attacks.put(
        "link over dir",
        List.of(dir("a"), file("a/x", "fine"), symlink("a", out), file("a/y", "bad")));
    attacks.put("whiteout behind link", List.of(symlink("a", out), file("a/.wh.file", "")));
    attacks.put("opaque behind link", List.of(symlink("a", out), file("a/.wh..wh..opq", "")));
    attacks.put("whiteout of parent", List.of(file(".wh...", "")));
    attacks.put("whiteout of self", List.of(file(".wh..", "")));
    attacks.put("whiteout of nothing", List.of(file(".wh.", "")));
    attacks.put("hard link outside", List.of(hardLink("x", "../canary/file")));
    attacks.put(
        "hard link through link",
        List.of(symlink("a", out), hardLink("x", "a/file"), file("x", "bad")));
    attacks.put(
        "hard link to link",
        List.of(symlink("a", "../canary/file"), hardLink("x", "a"), file("x", "bad")));
    attacks.put("hard link to root", List.of(hardLink("x", "/")));
    attacks.put("hard link to directory", List.of(dir("d"), hardLink("x", "d")));
    attacks.put("hard link to nothing", List.of(hardLink("x", "y")));
    attacks.put("hard link to itself", List.of(file("x", "1"), hardLink("x", "x")));
    attacks.put("forged whiteout", List.of(device("x", Type.CHARACTER_DEVICE, 0, 0)));
    attacks.put("fifo then file", List.of(device("p", Type.FIFO, 0, 0), file("p", "fine")));
    attacks.put("file as directory", List.of(file("f", "1"), file("f/x", "bad")));
    attacks.put("long name", List.of(file("n".repeat(256), "bad")));
    attacks.put("long path", List.of(file("n/".repeat(2100) + "x", "bad")));
    attacks.put(
        "owner out of range",
        List.of(new Member(TarEntry.of("f", Type.FILE, 0644, 0).withOwner(1L << 32, 0), "")));
    return attacks.entrySet().stream()
        .map(
            attack ->
                DynamicTest.dynamicTest(
                    attack.getKey(),
                    () -> {
                      Path fresh = Files.createDirectories(temp.resolve("root"));
                      try {
                        unpack(fresh, UnpackLimits.DEFAULT, attack.getValue());
                      } catch (ImageException refused) {
                        assertThat(refused).hasMessageStartingWith("the layer");
                      }
                      assertCanary(temp);
                      io.jcompose.linux.Trees.delete(fresh);
                      Files.createDirectory(fresh);
                    }));
  }

  @Tag("IMG-1")
  @Test
  void absoluteNamesAndLinksStayInside() throws Exception {
    // Were the unpacker wrong, these absolute paths would lead to the canary and to nothing of the
    // host's.
    String inside = canary.toString().substring(1);
    unpack(
        file(canary + "/absolute", "hi"),
        symlink("bin", canary.toString()),
        file("bin/sh", "sh"));
    assertThat(root.resolve(inside).resolve("absolute")).hasContent("hi");
    assertThat(root.resolve(inside).resolve("sh")).hasContent("sh");
  }

  @Tag("IMG-1")
  @Test
  void linkOfOneDirectoryWorksAsHonestTwinOfTheAttack() throws Exception {
    unpack(
        dir("real"), symlink("a", "real"), file("a/x", "fine"), file("y", "1"), hardLink("z", "y"));
    assertThat(root.resolve("real/x")).hasContent("fine");
    assertThat(stat("z").inode()).isEqualTo(stat("y").inode());
  }

  @Tag("IMG-2")
  @Test
  void whiteoutsBecomeOverlayWhiteouts() throws Exception {
    unpack(
        dir("d"),
        file("d/.wh.gone", ""),
        file(".wh.top", ""),
        dir("o"),
        file("o/.wh..wh..opq", ""));
    assertThat(isWhiteout("d/gone")).isTrue();
    assertThat(isWhiteout("top")).isTrue();
    assertThat(isOpaque("o")).isTrue();
    assertThat(isOpaque("d")).isFalse();
  }

  @Tag("IMG-2")
  @Test
  void aLayersWhiteoutsNeverHideItsOwnEntries() throws Exception {
    unpack(
        file("before", "1"),
        file(".wh.before", ""),
        file(".wh.after", ""),
        file("after", "2"),
        dir("a"),
        file(".wh.a", ""),
        file(".wh.b", ""),
        dir("b"),
        file("b/x", "3"),
        file(".wh.c", ""),
        file("c/x", "4"));
    assertThat(root.resolve("before")).hasContent("1");
    assertThat(root.resolve("after")).hasContent("2");
    assertThat(isOpaque("a")).isTrue();
    assertThat(isOpaque("b")).isTrue();
    assertThat(isOpaque("c")).isTrue();
    assertThat(root.resolve("c/x")).hasContent("4");
  }

  @Tag("IMG-4")
  @Test
  void keepsModesOwnersTimesAndWantedAttributes() throws Exception {
    byte[] capability = {1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    TarEntry suid =
        TarEntry.of("su", Type.FILE, 04755, 1)
            .withOwner(12, 34)
            .withMtime(1_000_000_000)
            .withXattrs(
                Map.of(
                    "security.capability", capability,
                    "user.note", new byte[] {0, (byte) 0xff},
                    "user.overlay.opaque", new byte[] {'y'},
                    "trusted.overlay.opaque", new byte[] {'y'},
                    "trusted.overlay.redirect", new byte[] {'/'},
                    "security.selinux", new byte[] {'x'}));
    unpack(
        new Member(TarEntry.of("d", Type.DIRECTORY, 01777, 0).withMtime(5), ""),
        new Member(suid, "x"),
        file("d/later", ""));
    assertThat(stat("su").permissions()).isEqualTo(04755);
    assertThat(stat("su").uid()).isEqualTo(12);
    assertThat(stat("su").gid()).isEqualTo(34);
    assertThat(stat("su").mtimeSeconds()).isEqualTo(1_000_000_000);
    assertThat(stat("d").permissions()).isEqualTo(01777);
    assertThat(stat("d").mtimeSeconds()).isEqualTo(5);
    try (Fd fd = Fs.open(root.resolve("su").toString(), Fs.O_RDONLY, 0)) {
      assertThat(Fs.listXattrs(fd)).containsExactlyInAnyOrder("security.capability", "user.note");
      assertThat(Fs.getXattr(fd, "security.capability")).isEqualTo(capability);
      assertThat(Fs.getXattr(fd, "user.note")).isEqualTo(new byte[] {0, (byte) 0xff});
    }
  }

  /** What a link leads to outside is no file of the layer, for reading as little as for writing. */
  @Tag("IMG-1")
  @Test
  void aHardLinkNeverLeadsOutside() throws Exception {
    for (Member out : List.of(symlink("a", "../canary"), symlink("a", canary.toString()))) {
      assertThatThrownBy(() -> unpack(out, hardLink("x", "a/file"))).hasMessageContaining("points to no file of the same layer");
    }
    assertThat(Fs.stat(canary.resolve("file").toString()).links()).isEqualTo(1);
    assertThatThrownBy(() -> unpack(file("x", "1"), hardLink("x", "./x"))).hasMessageContaining("points to itself or to /");
    assertThatThrownBy(() -> unpack(hardLink("x", "./"))).hasMessageContaining("points to itself or to /");
    assertThatThrownBy(() -> unpack(dir("d"), hardLink("y", "d"))).hasMessageContaining("points to no file of the same layer");
  }

  @Tag("IMG-2")
  @Test
  void whatAufsLeftInALayerIsNoFile() throws Exception {
    unpack(file(".wh..wh.aufs", "x"), dir(".wh..wh.plnk"), file(".wh..wh.plnk/1.2", "x"), file("f", ""));
    assertThat(stat("f").isRegular()).isTrue();
    try (Stream<Path> names = Files.list(root)) {
      assertThat(names.map(name -> name.getFileName().toString())).doesNotContain(".wh..wh.aufs");
    }
  }

  @Tag("IMG-1")
  @Test
  void aNameIsAtMost255BytesAndNoneOfThemNul() {
    assertThatThrownBy(() -> MemberPath.of(new byte[] {'f', 0, 'g'})).hasMessageContaining("unsafe path");
    assertThatThrownBy(() -> MemberPath.of("n".repeat(256).getBytes(StandardCharsets.UTF_8))).hasMessageContaining("unsafe path");
    assertThat(MemberPath.of("n".repeat(255).getBytes(StandardCharsets.UTF_8)).base()).hasSize(255);
  }

  @Tag("IMG-1")
  @Test
  void aFolderTakesThePlaceOfALinkAndALinkThatOfAFolder() throws Exception {
    unpack(symlink("a", "../canary"), dir("a"), file("a/x", "fine"));
    assertThat(stat("a").isDirectory()).isTrue();
    assertThat(root.resolve("a/x")).hasContent("fine");
    unpack(dir("real"), dir("b"), file("b/x", "gone"), symlink("b", "real"), file("b/y", "fine"));
    assertThat(root.resolve("real/y")).hasContent("fine");
    unpack(symlink("l", "."), dir("l/l"), file("l/z", "fine"));
    assertThat(root.resolve("l/z")).as("in what l is by then").hasContent("fine");
    assertThat(root.resolve("z")).doesNotExist();
  }

  /** Times are set last, when links may lie where the folders were. */
  @Tag("IMG-1")
  @Test
  void noTimeIsSetOutside() throws Exception {
    long before = Fs.stat(canary.toString()).mtimeSeconds();
    Member old = new Member(TarEntry.of("a", Type.DIRECTORY, 0755, 0).withMtime(5), "");
    Member below = new Member(TarEntry.of("b/canary", Type.DIRECTORY, 0755, 0).withMtime(5), "");
    unpack(old, symlink("a", canary.toString()));
    unpack(below, symlink("b", temp.toString()));
    assertThat(Fs.stat(canary.toString()).mtimeSeconds()).isEqualTo(before);
    unpack(old);
    assertThat(stat("a").mtimeSeconds()).isEqualTo(5);
  }

  /** Somebody puts links to the canary where names have just been made free. */
  @Tag("IMG-3")
  @Test
  void aLinkPutInPlaceOfANameMeanwhileIsNotFollowed() throws Exception {
    Files.createSymbolicLink(root.resolve("link"), canary.resolve("file"));
    java.util.concurrent.atomic.AtomicBoolean done = new java.util.concurrent.atomic.AtomicBoolean();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  try (Fd dir = Fs.open(root.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
                    while (!done.get()) {
                      putLink(dir);
                    }
                  }
                });
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      members.add(file("f", "bad"));
    }
    int met = 0;
    try {
      for (int round = 0; round < 400 && met < 20; round++) {
        try {
          unpack(root, UnpackLimits.DEFAULT, members);
        } catch (ImageException refused) {
          met++;
        }
        assertThat(canary.resolve("file")).hasContent("alive");
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(met).as("rounds in which the link was there first").isPositive();
  }

  private static void putLink(Fd dir) {
    byte[] link = "link".getBytes(StandardCharsets.UTF_8);
    try {
      Fs.link(dir, link, dir, "f".getBytes(StandardCharsets.UTF_8), 0);
    } catch (io.jcompose.linux.LinuxException e) {
      Thread.onSpinWait(); // the name is taken: soon it is not
    }
  }

  /** overlayfs takes a character device 0:0 for a deleted file; only a whiteout may become one. */
  @Test
  void noDeviceIsAForgedWhiteout() {
    assertThatThrownBy(() -> unpack(device("gone", Type.CHARACTER_DEVICE, 0, 0)))
        .hasMessageContaining("character device 0:0");
    assertThatThrownBy(() -> unpack(file(".wh.gone", ""), hardLink("other", "gone")))
        .hasMessageContaining("points to no file of the same layer");
  }

  @Test
  void aWhiteoutNeedsTheNameOfSomething() {
    for (String name : List.of(".wh.", ".wh..", ".wh...", "d/.wh.")) {
      assertThatThrownBy(() -> unpack(file(name, ""))).as(name).hasMessageContaining("whiteout without a name");
    }
  }

  @Test
  void ownersAndPathsOutOfRangeAreRefused() {
    TarEntry entry = TarEntry.of("f", Type.FILE, 0644, 0);
    assertThatThrownBy(() -> unpack(new Member(entry.withOwner(1L << 31, 0), "")))
        .hasMessageContaining("owner out of range: 2147483648");
    assertThatThrownBy(() -> unpack(new Member(entry.withOwner(0, 1L << 31), "")))
        .hasMessageContaining("owner out of range");
    assertThatThrownBy(() -> unpack(file("a/".repeat(2048) + "f", ""))).hasMessageContaining("a path of 4097 bytes");
  }

  @Test
  void aSparseFileIsNoLargerThanTheLimit() throws Exception {
    Path made = Files.createDirectory(root.resolve("made"));
    Process tar =
        new ProcessBuilder("sh", "-ec", "truncate -s 3M f && echo x >>f && tar -cSf - f").directory(made.toFile()).start();
    byte[] archive = tar.getInputStream().readAllBytes();
    assertThat(tar.waitFor()).isZero();
    UnpackLimits usual = UnpackLimits.DEFAULT;
    UnpackLimits small = new UnpackLimits(usual.entries(), usual.bytes(), 1 << 20, usual.ratio(), usual.ratioFrom());
    try (Fd fd = Fs.open(root.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      TarReader reader = new TarReader(new ByteArrayInputStream(archive));
      assertThatThrownBy(() -> new LayerUnpacker(fd, reader, small).unpack()).hasMessageContaining("larger than 1048576 bytes");
      new LayerUnpacker(fd, new TarReader(new ByteArrayInputStream(archive)), usual).unpack();
    }
    assertThat(root.resolve("f")).hasSize(3 * (1 << 20) + 2);
  }

  @Test
  void lastEntryOfANameWins() throws Exception {
    unpack(
        file("a", "1"),
        dir("a"),
        file("a/x", "2"),
        dir("b"),
        file("b/y", "3"),
        file("b", "4"),
        file("c", "5"),
        file("c", "6"),
        symlink("c", "b"));
    assertThat(root.resolve("a/x")).hasContent("2");
    assertThat(root.resolve("b")).hasContent("4");
    assertThat(Files.readSymbolicLink(root.resolve("c"))).hasToString("b");
  }

  @Tag("IMG-6")
  @Test
  void stopsAtTooManyEntries() {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      members.add(file("f" + i, ""));
    }
    assertThatThrownBy(
            () -> unpack(root, new UnpackLimits(10, 1 << 20, 1 << 20, 10, 1 << 20), members))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("more than 10 entries");
  }

  /**
   * Somebody swaps a folder for a link to the canary, again and again, while files are unpacked
   * into it.
   */
  @Tag("IMG-3")
  @Test
  void aFolderThatIsSwappedMeanwhileLeadsNowhere() throws Exception {
    Files.createDirectory(root.resolve("d"));
    Files.createSymbolicLink(root.resolve("link"), canary);
    java.util.concurrent.atomic.AtomicBoolean done =
        new java.util.concurrent.atomic.AtomicBoolean();
    java.util.concurrent.atomic.AtomicLong swaps = new java.util.concurrent.atomic.AtomicLong();
    Thread swapper =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    swap("d", "other");
                    swap("link", "d");
                    swap("d", "link");
                    swap("other", "d");
                    swaps.incrementAndGet();
                  }
                });
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      members.add(file("d/e" + i % 7 + "/f" + i, "x"));
    }
    int refused = 0;
    try {
      for (int round = 0; round < 5; round++) {
        try {
          unpack(root, UnpackLimits.DEFAULT, members);
        } catch (ImageException e) {
          refused++;
        }
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(swaps.get()).isPositive();
    assertThat(refused).isBetween(0, 5);
  }

  private void swap(String from, String to) {
    try (Fd dir = Fs.open(root.toString(), Fs.O_RDONLY | Fs.O_DIRECTORY, 0)) {
      Fs.rename(
          dir, from.getBytes(StandardCharsets.UTF_8), dir, to.getBytes(StandardCharsets.UTF_8));
    } catch (io.jcompose.linux.LinuxException e) {
      // The unpacker made or removed something under this name: the next round tries again.
      Thread.onSpinWait();
    }
  }

  @Test
  void aDirectoryMayBeReplacedByALinkToItself() throws Exception {
    unpack(dir("d"), dir("d/sub"), symlink("d/sub", "sub"), symlink("e", "e"));
    assertThat(stat("d/sub").isSymlink()).isTrue();
    unpack(dir("x/y"), symlink("x", "x"));
    assertThat(stat("x").isSymlink()).isTrue();
  }

  @Property(tries = 200)
  void anyPathsStayInside(@ForAll("members") List<String> names) throws IOException {
    Path own = Files.createTempDirectory("unpack");
    try {
      plantIn(own);
      List<Member> members = new ArrayList<>();
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        members.add(
            switch (i % 4) {
              case 0 -> symlink(name, names.get((i + 1) % names.size()));
              case 1 -> file(name, "x");
              case 2 -> hardLink(name, names.get((i + 2) % names.size()));
              default -> dir(name);
            });
      }
      try {
        unpack(own.resolve("root"), UnpackLimits.DEFAULT, members);
      } catch (ImageException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
      assertCanary(own);
    } finally {
      io.jcompose.linux.Trees.delete(own);
    }
  }

  private static void plantIn(Path own) throws IOException {
    Files.createDirectory(own.resolve("root"));
    Files.createDirectory(own.resolve("canary"));
    Files.writeString(own.resolve("canary/file"), "alive");
  }

  @Provide
  Arbitrary<List<String>> members() {
    Arbitrary<String> part =
        Arbitraries.of("a", "b", "..", ".", "", "canary", "file", ".wh.a", ".wh..wh..opq", "root");
    Arbitrary<String> path =
        part.list().ofMinSize(1).ofMaxSize(4).map(parts -> String.join("/", parts));
    return path.list().ofMinSize(2).ofMaxSize(10);
  }
}
