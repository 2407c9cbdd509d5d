package io.jcompose.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChallengeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "Basic realm=\"r\" | [Challenge[scheme=basic, parameters={realm=r}]]",
        "Bearer realm=\"https://t/x\",service=\"s\",scope=\"repository:a/b:pull,push\""
            + " | [Challenge[scheme=bearer, parameters={realm=https://t/x, service=s,"
            + " scope=repository:a/b:pull,push}]]",
        "BEARER Realm = unquoted , service=s"
            + " | [Challenge[scheme=bearer, parameters={realm=unquoted, service=s}]]",
        "Basic realm=\"a \\\"b\\\", c\", Bearer realm=\"t\""
            + " | [Challenge[scheme=basic, parameters={realm=a \"b\", c}],"
            + " Challenge[scheme=bearer, parameters={realm=t}]]",
        "Negotiate, Basic realm=x"
            + " | [Challenge[scheme=negotiate, parameters={}],"
            + " Challenge[scheme=basic, parameters={realm=x}]]",
        "Basic realm=\"no end | [Challenge[scheme=basic, parameters={realm=no end}]]",
      })
  void isReadAsTheStandardSays(String header, String challenges) {
    assertThat(Challenge.parse(List.of(header)).toString()).isEqualTo(challenges);
  }

  @Property(tries = 300)
  void anythingIsReadToItsEnd(@ForAll String header) {
    assertThat(Challenge.parse(List.of(header))).isNotNull();
  }
}
