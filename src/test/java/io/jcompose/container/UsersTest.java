package io.jcompose.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsersTest {
  private static final Users USERS =
      new Users(
          """
          root:x:0:0:root:/root:/bin/sh
          broken line
          wrapped:x:4294967296:0::/:
          negative:x:-1:0::/:
          ann:x:1000:1001::/home/ann:
          bob:x:1002:1002:::
          """,
          """
          root:x:0:
          odd
          wheel:x:10:ann,bob
          ann:x:1001:
          huge:x:4294967296:ann
          """);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|0|0|[0]|/root",
        "root|0|0|[0]|/root",
        "ann|1000|1001|[1001, 10]|/home/ann",
        "1000|1000|1001|[1001, 10]|/home/ann",
        "ann:wheel|1000|10|[10]|/home/ann",
        "ann:77|1000|77|[77]|/home/ann",
        "55|55|0|[0]|/",
        "55:66|55|66|[66]|/",
        "bob|1002|1002|[1002, 10]|/",
        "2147483647|2147483647|0|[0]|/"
      })
  void found(String text, int uid, int gid, String groups, String home) {
    User user = USERS.resolve(text, List.of());
    assertThat(user.uid()).isEqualTo(uid);
    assertThat(user.gid()).isEqualTo(gid);
    assertThat(user.groups()).hasToString(groups);
    assertThat(user.home()).isEqualTo(home);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nosuch|unable to find user nosuch",
        "ann:nosuch|unable to find group nosuch",
        "2147483648|out of range",
        "99999999999999999999|out of range",
        "-1|out of range",
        "wrapped|unable to find user wrapped",
        "negative|unable to find user negative",
        "ann:4294967296|out of range"
      })
  void refused(String text, String message) {
    assertThatThrownBy(() -> USERS.resolve(text, List.of()))
        .isInstanceOf(StartException.class)
        .hasMessageContaining(message);
  }

  @Test
  void groupsAreAddedOnce() {
    assertThat(USERS.resolve("ann", List.of("wheel", "10", "4242")).groups()).containsExactly(1001, 10, 4242);
  }
}
