package io.jcompose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldListTest {
  @Test
  void fields() {
    assertThat(FieldList.parse("type=local,dest=a=b,mode"))
        .containsExactly(Map.entry("type", "local"), Map.entry("dest", "a=b"), Map.entry("mode", ""));
    assertThat(FieldList.parse("a=1,")).containsOnlyKeys("a", "");
  }

  @Test
  void aFieldWithACommaStandsInQuotes() {
    assertThat(FieldList.parse("type=local,\"dest=a,b\",\"x=say \"\"no\"\"\""))
        .containsExactly(Map.entry("type", "local"), Map.entry("dest", "a,b"), Map.entry("x", "say \"no\""));
  }

  @Test
  void quotesElsewhereAreRefused() {
    for (String text : new String[] {"dest=\"a,b\"", "\"dest=a", "\"dest=a\"b", "\"a\"\""}) {
      assertThatThrownBy(() -> FieldList.parse(text)).as(text).isInstanceOf(EngineException.class).hasMessageContaining("quote");
    }
  }
}
