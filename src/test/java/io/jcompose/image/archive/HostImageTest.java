package io.jcompose.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcompose.image.Image;
import io.jcompose.image.ImageException;
import io.jcompose.image.ImageReference;
import io.jcompose.image.ImageStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is copied runs in a root that has nothing else. */
class HostImageTest {
  private static final String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();
  private ImageStore store;

  @BeforeEach
  void aStore() {
    store = ImageStore.open(folder.resolve("s/images"), folder.resolve("s/layers"));
  }

  private Image make(String... programs) {
    return new HostImage(store, Path.of("/etc"))
        .make(ImageReference.parse("mine"), List.of(programs), folder, PATH + ":" + folder.resolve("bin"), told::add);
  }

  private String chroot(Image image, String... command) throws Exception {
    Path root = store.layerDirs(image).getFirst().toRealPath();
    // the loader asks /proc for $ORIGIN
    String script = "mount -t proc proc \"$0/proc\" && exec env -i /usr/sbin/chroot \"$0\" \"$@\"";
    List<String> all = new ArrayList<>(List.of("unshare", "-m", "sh", "-c", script, root.toString()));
    all.addAll(List.of(command));
    return run(all);
  }

  private static String run(List<String> command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(command + ": " + output).isZero();
    return output;
  }

  @Test
  void dynamicProgramsBringTheirLoaderAndLibraries() throws Exception {
    Image image = make("bash", "ls");
    assertThat(chroot(image, image.config().cmd().getFirst(), "-c", "echo it runs"))
        .isEqualTo("it runs\n");
    assertThat(chroot(image, "/usr/bin/ls", "/").split("\n")).contains("etc", "proc", "tmp", "usr");
    assertThat(told).anyMatch(line -> line.matches(".*/bash needs libc\\.so\\.6: /.*"));
    assertThat(make("bash", "ls").id()).as("the same files give the same image").isEqualTo(image.id());
  }

  @Test
  void librariesAreFoundByRunPathsFromWhereTheProgramLies() throws Exception {
    Path lib = Files.createDirectories(folder.resolve("app/lib"));
    Path bin = Files.createDirectories(folder.resolve("app/bin"));
    compile("int answer(void) { return 42; }", "-shared", "-fPIC", "-o", lib.resolve("libanswer.so").toString());
    for (String tag : List.of("--enable-new-dtags", "--disable-new-dtags")) {
      Path program = bin.resolve("ask" + tag);
      compile(
          "#include <stdio.h>\nint answer(void);\nint main(void) { printf(\"%d\\n\", answer()); return 0; }",
          "-o", program.toString(), "-L" + lib, "-lanswer", "-Wl,-rpath,$ORIGIN/../lib," + tag);
      Image image = make(program.toString());
      assertThat(image.config().cmd()).containsExactly(program.toString());
      assertThat(chroot(image, program.toString())).isEqualTo("42\n");
    }
    Files.delete(lib.resolve("libanswer.so"));
    assertThatThrownBy(() -> make("app/bin/ask--enable-new-dtags"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("needs the library libanswer.so, which is not on this host");
  }

  @Test
  void aScriptBringsItsInterpreterAndALinkWhatItPointsTo() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path script = Files.writeString(bin.resolve("greet"), "#!/usr/bin/env bash\necho hello\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(bin.resolve("hi"), Path.of("greet"));
    Image image = make("hi");
    assertThat(chroot(image, bin.resolve("hi").toString())).isEqualTo("hello\n");
  }

  @Test
  void whatIsNoProgramIsRefused() throws IOException {
    Files.writeString(folder.resolve("text"), "just text");
    Files.write(folder.resolve("cut"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0});
    byte[] broken = new byte[128];
    System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 2, 1}, 0, broken, 0, 6);
    broken[32] = 0x7f;
    broken[56] = 1;
    Files.write(folder.resolve("broken"), broken);
    assertThatThrownBy(() -> make("./text")).hasMessageContaining("is no program");
    assertThatThrownBy(() -> make("./cut")).hasMessageContaining("is no program");
    assertThatThrownBy(() -> make("./broken")).hasMessageContaining("is a damaged ELF file");
    assertThatThrownBy(() -> make("./none")).hasMessageContaining("there is no program " + folder.resolve("none"));
    assertThatThrownBy(() -> make("surely-not-there")).hasMessageContaining("in PATH");
    assertThat(store.list()).isEmpty();
    assertThat(folder.resolve("s/images/blobs/sha256")).isEmptyDirectory();
  }

  private void compile(String source, String... options) throws Exception {
    Path file = Files.writeString(folder.resolve("source.c"), source);
    List<String> command = new ArrayList<>(List.of("gcc", file.toString()));
    command.addAll(List.of(options));
    run(command);
  }
}
