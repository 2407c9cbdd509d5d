package io.jcompose.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    Table table = new Table("NAME", "STATE", "PORTS");
    table.row("a-long-name-1", "Up", "");
    table.row("b", "Exited (0)", "80/tcp");
    assertThat(table.toString())
        .isEqualTo(
            """
            NAME            STATE        PORTS
            a-long-name-1   Up
            b               Exited (0)   80/tcp
            """);
  }

  @Test
  @Tag("LOG-3")
  void aCellCannotLeaveItsLineOrSteerTheTerminal() {
    Table table = new Table("NAME");
    table.row("x\nforged\033[2J");
    assertThat(table.toString()).isEqualTo("NAME\nx\\nforged\\x1b[2J\n");
  }

  @Test
  void charactersOutsideTheBasicPlaneCountOnce() {
    Table table = new Table("A", "B");
    table.row("😀😀", "x");
    assertThat(table.toString()).isEqualTo("A    B\n😀😀   x\n");
  }
}
