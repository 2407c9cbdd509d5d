package io.jcompose.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MappedFilesTest {
  private static List<MappedFiles.Range> clean(String mapping, int resident, int anonymous) {
    return MappedFiles.clean(
        List.of(
            mapping,
            "Size:               2956 kB",
            "Rss:                " + resident + " kB",
            "Anonymous:             " + anonymous + " kB",
            "VmFlags: rd ex mr mw me "));
  }

  @Test
  void onlyWhatAFileCanGiveAgainIsLetGo() {
    assertThat(clean("7f00-8f00 r-xp 00001000 fe:00 12 /usr/lib/libjvm.so", 2956, 0))
        .containsExactly(new MappedFiles.Range(0x7f00, 0x8f00, 2956));
    assertThat(clean("7f00-8f00 r--p 00001000 fe:00 12 /opt/a cache.aot", 2956, 0)).hasSize(1);
    // Relocated, and then closed to writing.
    assertThat(clean("7f00-8f00 r--p 00001000 fe:00 12 /usr/lib/libjvm.so", 2956, 4)).isEmpty();
    assertThat(clean("7f00-8f00 rw-p 00001000 fe:00 12 /usr/lib/libjvm.so", 2956, 0)).isEmpty();
    assertThat(clean("7f00-8f00 r--p 00000000 00:00 0 ", 2956, 0)).isEmpty();
    assertThat(clean("7f00-8f00 r--p 00000000 00:00 0 [vvar]", 2956, 0)).isEmpty();
    assertThat(clean("7f00-8f00 r-xp 00001000 fe:00 12 /usr/lib/libz.so", 100, 0)).isEmpty();
  }

  /** Its own counts decide, whatever the path of the next one looks like. */
  @Test
  void aMappingIsNotTakenForTheOneBeforeIt() {
    List<String> smaps =
        List.of(
            "7f00-8f00 r--p 00001000 fe:00 12 /usr/lib/libjvm.so",
            "Rss:                2956 kB",
            "Anonymous:             4 kB",
            "9f00-af00 rw-p 00001000 fe:00 12 /srv/a: b/libc.so",
            "Rss:                2956 kB",
            "Anonymous:             0 kB");
    assertThat(MappedFiles.clean(smaps)).isEmpty();
  }

  @Test
  void whatIsLetGoComesBackWhenItIsNeeded() {
    assertThat(MappedFiles.giveBack()).isGreaterThan(1000);
    assertThat(Integer.toString(MappedFiles.class.getName().length())).isEqualTo("29");
  }
}
