package io.jcompose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Programs of the host are run by few, with an argument list each and never by a shell. */
@Tag("YML-7")
class ProgramsTest {
  @Test
  void onlyTheseRunProgramsOfTheHost() {
    ClassFiles classes = new ClassFiles();
    // ps, credential helpers, the tools of image bootstrap, systemctl, our own client, git
    assertThat(classes.mentioning("java/lang/ProcessBuilder"))
        .containsExactly("CredentialHelper", "DoctorCommand", "HostGit", "ProcessTable", "SystemdUnit", "Tool");
    assertThat(classes.mentioning("getRuntime").stream().filter(name -> classes.mentioning("exec").contains(name)))
        .isEmpty();
  }

  @Test
  void theProgramInCRunsNoShell() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/c"))) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".c")).toList();
      assertThat(sources).isNotEmpty();
      for (Path file : sources) {
        assertThat(Files.readString(file)).as(file.toString()).doesNotContainPattern("\\b(system|popen|wordexp)\\(");
      }
    }
  }
}
