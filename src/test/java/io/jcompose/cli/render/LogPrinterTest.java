package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcompose.engine.log.ContainerLine;
import io.jcompose.engine.log.LogLine;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LogPrinterTest {
  private static ContainerLine line(String container, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new ContainerLine("shop", "web", container, new LogLine(1, 1_700_000_000_123_456_789L, bytes));
  }

  @Test
  void namesWithoutTheProjectStandBelowEachOther() {
    Written out = new Written(false);
    LogPrinter printer = new LogPrinter(out, new Style(false), true, true, false);
    printer.announce("shop", "shop-web-1", "web");
    printer.announce("shop", "shop-database-1", "database");
    printer.print(line("shop-web-1", "hello"));
    printer.print(line("shop-database-1", "ready"));
    assertThat(out.text()).isEqualTo("web-1       | hello\ndatabase-1  | ready\n");
  }

  @Test
  void timesAreUtcWithNanoseconds() {
    Written out = new Written(false);
    new LogPrinter(out, new Style(false), false, true, true).print(line("shop-web-1", "x"));
    assertThat(out.text()).isEqualTo("2023-11-14T22:13:20.123456789Z x\n");
  }

  @Test
  @Tag("LOG-1")
  void onATerminalNoContainerCanWriteOverItsPrefix() {
    Written out = new Written(true);
    LogPrinter printer = new LogPrinter(out, new Style(false), true, true, false);
    printer.print(line("shop-web-1", "x\rdb-1  | forged"));
    printer.print(line("shop-web-1", "\033[1A\033[2Kdb-1  | forged"));
    printer.print(line("shop-web-1", "\033[\r0mdb-1  | forged"));
    assertThat(out.text().lines()).hasSize(3).allMatch(l -> l.startsWith("web-1  | "));
    assertThat(out.text()).doesNotContain("\r").doesNotContain("^[");
  }

  @Test
  void aColourThatAContainerLeavesOnEndsWithItsLine() {
    for (boolean colours : new boolean[] {true, false}) {
      Written out = new Written(true);
      new LogPrinter(out, new Style(colours), false, colours, false).print(line("shop-web-1", "\033[31mred"));
      assertThat(out.text()).isEqualTo("^[[31mred^[[0m\n");
    }
  }

  @Test
  void whatGoesToAFileIsAsTheContainerWroteIt() {
    Written out = new Written(false);
    new LogPrinter(out, new Style(false), false, false, false).print(line("shop-web-1", "\033[2Jx\ry"));
    assertThat(out.text()).isEqualTo("^[[2Jx\ry\n");
  }
}
