package io.jcompose;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms and the arrows between them, as src/ARCHITECTURE.md draws them. There is no list of exceptions. */
class ArchitectureTest {
  private static final String BASE = "io.jcompose.";

  /** What each room may know besides itself, the JDK and libraries. */
  private static final Map<String, List<String>> MAY_KNOW =
      Map.ofEntries(
          Map.entry("fault", List.of()),
          Map.entry("linux", List.of("fault")),
          Map.entry("nearest", List.of()),
          Map.entry("compose", List.of("nearest")),
          Map.entry("plan", List.of("compose.model")),
          Map.entry("container", List.of("linux", "fault")),
          Map.entry("network", List.of("linux", "fault")),
          Map.entry("volume", List.of("linux", "fault")),
          Map.entry("image", List.of("linux", "fault")),
          Map.entry("build", List.of("container", "image", "linux", "fault", "nearest")),
          Map.entry(
              "engine",
              List.of(
                  "plan", "compose.model", "container", "network", "volume", "image", "build", "linux", "fault")),
          Map.entry("cli", List.of("engine", "plan", "compose", "linux", "fault", "nearest")));

  private static JavaClasses program;

  @BeforeAll
  static void readTheProgram() {
    program =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.jcompose");
  }

  static Stream<String> rooms() {
    return MAY_KNOW.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void roomKnowsOnlyTheRoomsBelowIt(String room) {
    String[] allowed =
        Stream.concat(Stream.of(room), MAY_KNOW.get(room).stream())
            .map(name -> BASE + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(BASE + room + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.jcompose..")
                .and(not(resideInAnyPackage(allowed)))
                .as("rooms other than %s", Arrays.toString(allowed)))
        .check(program);
  }

  @Test
  void everyClassLivesInARoom() {
    classes()
        .that()
        .resideInAPackage("io.jcompose..")
        .should()
        .resideInAnyPackage(rooms().map(room -> BASE + room + "..").toArray(String[]::new))
        .check(program);
  }

  @Test
  void packagesFormNoCycleBetweenRooms() {
    slices().matching("io.jcompose.(*)..").should().beFreeOfCycles().check(program);
  }

  @Test
  void onlyTheKernelRoomSpeaksToNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.jcompose.linux..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jnr..")
        .check(program);
  }

  @Test
  void modelAndPlanTouchNoFileProcessOrNetwork() {
    noClasses()
        .that()
        .resideInAnyPackage("io.jcompose.plan..", "io.jcompose.compose.model..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("java.net..", "java.nio.channels..", "io.netty..")
                .or(named(Set.of("java.nio.file.Files", "java.lang.ProcessBuilder", "java.lang.Thread"))))
        .check(program);
  }

  /** Many callers share one JVM: what belongs to one of them comes in as a value. */
  @Test
  void onlyMainsUseTheProcessesOwnStreamsEnvironmentAndFolder() {
    ArchRule rule =
        noClasses()
            .that(not(mains()))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .accessField(System.class, "in")
            .orShould()
            .callMethodWhere(calls(System.class, Set.of("exit", "getenv", "console")))
            .orShould()
            .callMethodWhere(calls(Runtime.class, Set.of("exit")));
    rule.check(program);
  }

  @Test
  void onlyMainsReadTheWorkingDirectoryOfTheProcess() {
    List<String> offenders =
        new ClassFiles().mentioning("user.dir").stream().filter(name -> !name.endsWith("Main")).toList();
    org.assertj.core.api.Assertions.assertThat(offenders).isEmpty();
  }

  private static DescribedPredicate<JavaClass> mains() {
    return DescribedPredicate.describe(
        "mains of io.jcompose.cli",
        type -> type.getPackageName().equals("io.jcompose.cli") && type.getSimpleName().endsWith("Main"));
  }

  private static DescribedPredicate<JavaClass> named(Set<String> names) {
    return DescribedPredicate.describe("one of " + names, type -> names.contains(type.getName()));
  }

  private static DescribedPredicate<JavaMethodCall> calls(Class<?> owner, Set<String> methods) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + methods,
        call -> called(call, owner) && methods.contains(call.getName()));
  }

  private static boolean called(JavaAccess<?> access, Class<?> owner) {
    return access.getTargetOwner().isEquivalentTo(owner);
  }
}
