package io.jcompose.compose.load;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to load, as a caller asks for it.
 *
 * @param cwd the caller's directory, absolute
 * @param environment the caller's environment; {@code COMPOSE_*} variables are read from it
 * @param files of {@code -f}, as given; {@code -} is {@code stdin}. Empty: {@code COMPOSE_FILE}, or
 *     the default names in {@code cwd} and above
 * @param projectName of {@code -p}
 * @param projectDirectory of {@code --project-directory}, as given
 * @param envFiles of {@code --env-file}, as given
 * @param profiles of {@code --profile}; {@code *} is all
 * @param stdin the caller's standard input, if a file is {@code -}
 * @param omitted steps to leave out
 * @param targets services named on the command line: they are active whatever their profiles say
 */
public record LoadOptions(
    Path cwd,
    Map<String, String> environment,
    List<String> files,
    Optional<String> projectName,
    Optional<String> projectDirectory,
    List<String> envFiles,
    List<String> profiles,
    Optional<String> stdin,
    Set<Step> omitted,
    List<String> targets) {

  /** A step of loading that {@code config} can leave out. */
  public enum Step {
    INTERPOLATION,
    NORMALIZATION,
    PATH_RESOLUTION,
    CONSISTENCY,
    ENVIRONMENT,
    SELECTION_OF_RESOURCES
  }

  public LoadOptions {
    environment = Map.copyOf(environment);
    files = List.copyOf(files);
    envFiles = List.copyOf(envFiles);
    profiles = List.copyOf(profiles);
    omitted = Set.copyOf(omitted);
    targets = List.copyOf(targets);
  }

  /** Without targets. */
  public LoadOptions(
      Path cwd,
      Map<String, String> environment,
      List<String> files,
      Optional<String> projectName,
      Optional<String> projectDirectory,
      List<String> envFiles,
      List<String> profiles,
      Optional<String> stdin,
      Set<Step> omitted) {
    this(
        cwd,
        environment,
        files,
        projectName,
        projectDirectory,
        envFiles,
        profiles,
        stdin,
        omitted,
        List.of());
  }

  /** The project of this directory, with nothing said on the command line. */
  public static LoadOptions in(Path cwd, Map<String, String> environment) {
    return new LoadOptions(
        cwd,
        environment,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(),
        Optional.empty(),
        Set.of());
  }

  /** The same with these files. */
  public LoadOptions withFiles(String... names) {
    return new LoadOptions(
        cwd,
        environment,
        List.of(names),
        projectName,
        projectDirectory,
        envFiles,
        profiles,
        stdin,
        omitted);
  }

  /** The same with these profiles. */
  public LoadOptions withProfiles(String... names) {
    return new LoadOptions(
        cwd,
        environment,
        files,
        projectName,
        projectDirectory,
        envFiles,
        List.of(names),
        stdin,
        omitted);
  }

  /** The same with these steps left out. */
  public LoadOptions without(Step... steps) {
    return new LoadOptions(
        cwd,
        environment,
        files,
        projectName,
        projectDirectory,
        envFiles,
        profiles,
        stdin,
        Set.of(steps));
  }

  /** The same with these services named on the command line. */
  public LoadOptions withTargets(List<String> services) {
    return new LoadOptions(
        cwd,
        environment,
        files,
        projectName,
        projectDirectory,
        envFiles,
        profiles,
        stdin,
        omitted,
        services);
  }

  boolean does(Step step) {
    return !omitted.contains(step);
  }
}
