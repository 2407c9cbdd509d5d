package io.jcompose.container.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SeccompFilterTest {
  private static final int X86_64 = 0xc000003e;
  private static final int I386 = 0x40000003;
  private static final int ALLOW = 0x7fff0000;
  private static final int EPERM = 0x00050001;
  private static final int ENOSYS = 0x00050026;
  private static final int KILL = 0x80000000;
  private static final KernelVersion KERNEL = new KernelVersion(6, 18);

  private static BpfMachine defaults(long capabilities) {
    return new BpfMachine(
        SeccompFilter.compile(new SeccompChoice.Default(), capabilities, KERNEL, "amd64"));
  }

  private static BpfMachine profile(String json) {
    return new BpfMachine(
        SeccompFilter.compile(
            new SeccompChoice.Profile(json), Capabilities.DEFAULT, KERNEL, "amd64"));
  }

  /** What the profile's JSON says of a call with all arguments 0, read without the code under test. */
  private static int expected(JsonNode profile, String name, Set<String> capabilities) {
    for (JsonNode rule : profile.get("syscalls")) {
      if (names(rule.get("names")).contains(name) && applies(rule, capabilities)) {
        if (rule.get("action").asText().equals("SCMP_ACT_ERRNO")) {
          return 0x00050000 | rule.get("errnoRet").asInt();
        }
        if (zeroFits(rule)) {
          return ALLOW;
        }
      }
    }
    return EPERM;
  }

  private static boolean zeroFits(JsonNode rule) {
    if (!rule.has("args")) {
      return true;
    }
    for (JsonNode arg : rule.get("args")) {
      long value = arg.get("value").asLong();
      boolean fits =
          switch (arg.get("op").asText()) {
            case "SCMP_CMP_EQ" -> value == 0;
            case "SCMP_CMP_LT" -> 0 < value;
            case "SCMP_CMP_GT" -> false;
            case "SCMP_CMP_MASKED_EQ" -> true;
            default -> throw new AssertionError(arg.toString());
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean applies(JsonNode rule, Set<String> capabilities) {
    Set<String> inCaps = names(rule.path("includes").path("caps"));
    Set<String> inArches = names(rule.path("includes").path("arches"));
    Set<String> outCaps = names(rule.path("excludes").path("caps"));
    Set<String> outArches = names(rule.path("excludes").path("arches"));
    outCaps.retainAll(capabilities);
    return capabilities.containsAll(inCaps)
        && (inArches.isEmpty() || inArches.contains("amd64"))
        && outCaps.isEmpty()
        && !outArches.contains("amd64");
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new HashSet<>();
    list.forEach(name -> names.add(name.asText()));
    return names;
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = SeccompFilter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Capabilities.DEFAULT, 0, 0x1ffffffffffL, 1L << 21, 1L << 19})
  @Tag("SEC-2")
  void everyKnownCallGetsWhatTheProfileSays(long capabilities) throws IOException {
    JsonNode profile = new ObjectMapper().readTree(resource("seccomp-default.json"));
    Set<String> names = new HashSet<>(Capabilities.names(capabilities));
    BpfMachine filter = defaults(capabilities);
    List<String> wrong = new ArrayList<>();
    int checked = 0;
    for (String table : List.of("x86_64", "i386")) {
      for (String line : resource("syscalls-" + table + ".txt").split("\n")) {
        String[] parts = line.split(" ");
        int number = Integer.parseInt(parts[0]);
        int expected = expected(profile, parts[1], names);
        if (table.equals("i386") && parts[1].equals("socketcall")) {
          expected = EPERM;
        }
        if (number > 466) {
          expected = ENOSYS;
        }
        int answer = filter.run(number, table.equals("i386") ? I386 : X86_64);
        checked++;
        if (answer != expected) {
          wrong.add(table + " " + line + ": " + Integer.toHexString(answer));
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(checked).isGreaterThan(800);
  }

  @Test
  void numbersWithoutACallAreRefused() {
    BpfMachine filter = defaults(Capabilities.DEFAULT);
    for (int number = 336; number < 424; number++) {
      assertThat(filter.run(number, X86_64)).as("%d", number).isEqualTo(EPERM);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {467, 470, 999, 0x3fffffff, 0x40000000, 0x40000001, 0x7fffffff, -1})
  void whatTheProfileCannotKnowIsSaidNotToExist(int number) {
    assertThat(defaults(Capabilities.DEFAULT).run(number, X86_64)).isEqualTo(ENOSYS);
  }

  @Test
  void anotherArchitectureIsKilled() {
    assertThat(defaults(Capabilities.DEFAULT).run(0, 0xc00000b7)).isEqualTo(KILL);
  }

  @ParameterizedTest
  @CsvSource({"1,allow", "37,allow", "38,deny", "39,allow", "40,deny", "41,allow", "4294967334,allow"})
  void socketFamiliesOfTheKernelsCryptoAndOfVirtualMachinesAreRefused(long family, String verdict) {
    assertThat(defaults(Capabilities.DEFAULT).run(41, X86_64, family))
        .isEqualTo(verdict.equals("allow") ? ALLOW : EPERM);
  }

  @ParameterizedTest
  @CsvSource({"0,allow", "8,allow", "131072,allow", "131080,allow", "4294967295,allow", "262144,deny"})
  @Tag("SEC-6")
  void personalities(long persona, String verdict) {
    assertThat(defaults(Capabilities.DEFAULT).run(135, X86_64, persona))
        .isEqualTo(verdict.equals("allow") ? ALLOW : EPERM);
  }

  @Property
  void cloneMakesNoNamespaces(@ForAll long flags) {
    int expected = (flags & 0x7E020000L) == 0 ? ALLOW : EPERM;
    assertThat(defaults(Capabilities.DEFAULT).run(56, X86_64, flags)).isEqualTo(expected);
  }

  @Property
  void comparisonsTakeAll64Bits(
      @ForAll long value,
      @ForAll long mask,
      @ForAll long argument,
      @ForAll @IntRange(max = 5) int index,
      @ForAll @LongRange(min = 0, max = 3) long near) {
    for (long tried : new long[] {argument, value, value + near, value - near, value ^ (near << 32)}) {
      long[] arguments = new long[6];
      arguments[index] = tried;
      assertThat(holds("EQ", value, 0, index, arguments)).isEqualTo(tried == value);
      assertThat(holds("NE", value, 0, index, arguments)).isEqualTo(tried != value);
      assertThat(holds("LT", value, 0, index, arguments))
          .isEqualTo(Long.compareUnsigned(tried, value) < 0);
      assertThat(holds("LE", value, 0, index, arguments))
          .isEqualTo(Long.compareUnsigned(tried, value) <= 0);
      assertThat(holds("GT", value, 0, index, arguments))
          .isEqualTo(Long.compareUnsigned(tried, value) > 0);
      assertThat(holds("GE", value, 0, index, arguments))
          .isEqualTo(Long.compareUnsigned(tried, value) >= 0);
      assertThat(holds("MASKED_EQ", mask, value & mask, index, arguments))
          .isEqualTo((tried & mask) == (value & mask));
    }
  }

  private static boolean holds(
      String comparison, long value, long second, int index, long[] arguments) {
    SeccompProfile.Arg arg = new SeccompProfile.Arg(index, value, second, "SCMP_CMP_" + comparison);
    var verdicts = new java.util.TreeMap<Integer, SeccompRules.Verdict>();
    verdicts.put(
        3,
        new SeccompRules.Verdict(
            List.of(new SeccompRules.Alternative(List.of(arg), SeccompAction.ALLOW))));
    byte[] program =
        SeccompCompiler.compile(
            List.of(
                new SeccompRules(
                    Architecture.X86_64, SeccompAction.errno(1), verdicts, 10)));
    return new BpfMachine(program).run(3, X86_64, arguments) == ALLOW;
  }

  @Test
  void allArgumentsOfARuleMustFitAndAnyRuleMay() {
    BpfMachine filter =
        profile(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 13, "syscalls": [
              {"names": ["read"], "action": "SCMP_ACT_ALLOW", "args": [
                {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"},
                {"index": 1, "value": 5, "op": "SCMP_CMP_GT"}]},
              {"name": "read", "action": "SCMP_ACT_KILL_PROCESS", "args": [
                {"index": 2, "value": 7, "op": "SCMP_CMP_EQ"}]}]}
            """);
    assertThat(filter.run(0, X86_64, 1, 6)).isEqualTo(ALLOW);
    assertThat(filter.run(0, X86_64, 1, 5)).isEqualTo(0x0005000d);
    assertThat(filter.run(0, X86_64, 2, 6)).isEqualTo(0x0005000d);
    assertThat(filter.run(0, X86_64, 1, 5, 7)).isEqualTo(KILL);
    assertThat(filter.run(1, X86_64)).as("above the highest that is named").isEqualTo(ENOSYS);
    assertThat(filter.run(0, I386)).as("an architecture that is not named").isEqualTo(KILL);
  }

  @Test
  void aListOfDeniedCallsCannotBeWalkedAroundByX32() {
    BpfMachine filter =
        profile(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
              {"names": ["mount"], "action": "SCMP_ACT_ERRNO"}]}
            """);
    assertThat(filter.run(165, X86_64)).isEqualTo(EPERM);
    assertThat(filter.run(500, X86_64)).isEqualTo(ALLOW);
    assertThat(filter.run(0x40000000 | 165, X86_64)).isEqualTo(ENOSYS);
  }

  @Test
  void theTreeIsShallow() {
    assertThat(defaults(Capabilities.DEFAULT).length()).isLessThan(600);
  }

  @Test
  void unconfinedIsNoFilter() {
    assertThat(SeccompFilter.compile(new SeccompChoice.Unconfined(), 0, KERNEL, "amd64")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "{}",
        "{\"defaultAction\":\"SCMP_ACT_MAYBE\"}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"]}]}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"unknown\":1}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"SCMP_ARCH_X86\"],"
            + "\"archMap\":[{\"architecture\":\"SCMP_ARCH_X86_64\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
            + "\"action\":\"SCMP_ACT_NOTIFY\"}]}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
            + "\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":9,\"value\":0,\"op\":\"SCMP_CMP_EQ\"}]}]}",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"read\"],"
            + "\"action\":\"SCMP_ACT_ERRNO\",\"args\":[{\"index\":0,\"value\":0,\"op\":\"LIKE\"}]}]}"
      })
  void aProfileThatCannotBeUnderstoodIsRefused(String json) {
    assertThatThrownBy(() -> profile(json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seccomp profile");
  }
}
