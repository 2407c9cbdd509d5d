package io.jcompose.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options that stand before the command's name. */
@Command(
    name = "jcompose",
    description = "Reads a Compose file and runs it: containers, networks, volumes, without a daemon.",
    sortOptions = false)
public final class GlobalOptions {
  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Compose file; may be repeated, later ones override. Default: compose.yaml here or above")
  List<String> files = new ArrayList<>();

  @Option(
      names = {"-p", "--project-name"},
      paramLabel = "NAME",
      description = "Project name. Default: the file's name:, else the folder's name")
  String projectName;

  @Option(
      names = "--project-directory",
      paramLabel = "DIR",
      description = "Folder that relative paths start from. Default: that of the first Compose file")
  String projectDirectory;

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description = "Variables for interpolation; may be repeated. Default: .env")
  List<String> envFiles = new ArrayList<>();

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Enables a profile; may be repeated, \"*\" means all")
  List<String> profiles = new ArrayList<>();

  @Option(
      names = "--progress",
      paramLabel = "TYPE",
      description = "How progress is shown: auto, tty, plain, json, quiet. Default: COMPOSE_PROGRESS, else auto")
  String progress;

  @Option(
      names = "--ansi",
      paramLabel = "WHEN",
      description = "Colours: never, always, auto. Default: COMPOSE_ANSI, else auto")
  String ansi;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "How many steps may be under way at once; -1: no limit. Default: COMPOSE_PARALLEL_LIMIT, else 6")
  Integer parallel;

  @Option(
      names = "--compatibility",
      description = "Names containers project_service_1, as the first Compose did. Default: COMPOSE_COMPATIBILITY")
  boolean compatibility;

  @Option(names = "--dry-run", description = "Shows what would be done, and does nothing")
  boolean dryRun;

  @Option(
      names = "--all-resources",
      description = "Takes in also those networks, volumes, secrets and configs that no service uses")
  boolean allResources;

  @Option(names = "--debug", description = "Adds a stack trace to errors")
  boolean debug;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help")
  boolean help;

  @Option(
      names = {"-v", "--version"},
      description = "Shows the version")
  boolean version;
}
