package io.jcompose;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * An attribute that changes nothing is marked so in the schema, and only such a one is: what the
 * model knows of a file is compared with what the rest of the program asks it for.
 */
class EffectsTest {
  /** What of the model is asked for by nobody → the attribute, below {@code $defs}. */
  private static final Map<String, String> UNUSED =
      Map.ofEntries(
          entry("Bind.consistency", "mount.consistency"),
          entry("Bind.selinux", "bindOptions.selinux"),
          entry("Build.isolation", "build.isolation"),
          entry("Build.provenance", "build.provenance"),
          entry("Build.sbom", "build.sbom"),
          entry("ConfigSpec.labels", "config.labels"),
          entry("ConfigSpec.name", "config.name"),
          entry("ConfigSpec.templateDriver", "config.template_driver"),
          entry("Confinement.credentialSpec", "service.credential_spec"),
          entry("Confinement.isolation", "service.isolation"),
          entry("Confinement.runtime", "service.runtime"),
          entry("Confinement.useApiSocket", "service.use_api_socket"),
          entry("Deploy.endpointMode", "deploy.endpoint_mode"),
          entry("Deploy.labels", "deploy.labels"),
          entry("Deploy.mode", "deploy.mode"),
          entry("Deploy.placement", "deploy.placement"),
          entry("Deploy.rollback", "deploy.rollback_config"),
          entry("Deploy.update", "deploy.update_config"),
          entry("DeviceRequest.options", "deviceRequest.options"),
          entry("Ipam.options", "ipam.options"),
          entry("Port.appProtocol", "port.app_protocol"),
          entry("Port.name", "port.name"),
          entry("Provider.options", "provider.options"),
          entry("Resources.cpuCount", "service.cpu_count"),
          entry("Resources.cpuPercent", "service.cpu_percent"),
          entry("SecretSpec.labels", "secret.labels"),
          entry("SecretSpec.name", "secret.name"),
          entry("SecretSpec.templateDriver", "secret.template_driver"),
          entry("Service.models", "service.models"),
          entry("Update.delay", "update.delay"),
          entry("Update.failureAction", "update.failure_action"),
          entry("Update.maxFailureRatio", "update.max_failure_ratio"),
          entry("Update.monitor", "update.monitor"),
          entry("Update.order", "update.order"),
          entry("Update.parallelism", "update.parallelism"));

  /** Marked, and not in the model or not there alone. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          "models", // and all that is below it
          "deviceReservation.options", // as deviceRequest.options
          "logging.driver", // some are known
          "loggingOptions.*", // some are known
          "reservations.cpus",
          "reservations.generic_resources",
          "secret.driver", // read to refuse a secret that has nothing else
          "secret.driver_opts",
          "service.pull_refresh_after");

  /** No attributes, below one that is marked as a whole, or used where they make a difference. */
  private static final Set<String> NO_MATTER =
      Set.of(
          "CredentialSpec.config", "CredentialSpec.file", "CredentialSpec.registry",
          "Fingerprint.parts", "NetworkSpec.fingerprint", "VolumeSpec.fingerprint",
          "Foreign.source", "Foreign.readOnly", // such a mount is refused
          "Image.readOnly", // an image can only be read
          "ModelBinding.endpointVariable", "ModelBinding.modelVariable",
          "ModelSpec.contextSize", "ModelSpec.key", "ModelSpec.model", "ModelSpec.name", "ModelSpec.runtimeFlags",
          "Placement.constraints", "Placement.maxReplicasPerNode", "Placement.preferences",
          "Project.envFiles", "Project.models", "Project.profiles",
          "Service.deploy", // by its parts
          "Service.replicas"); // by Service.scale

  /** They hand a setting on as it is. */
  private static final Set<String> COPIERS = Set.of("io/jcompose/cli/RunOverrides", "io/jcompose/cli/BakeFile");

  private static final Path CLASSES = Path.of("target/classes");
  private static final String MODEL = "io/jcompose/compose/model";

  private static final JsonNode SCHEMA = schema();
  private static JsonNode schema() {
    try (var in = EffectsTest.class.getResourceAsStream("/compose-schema/compose.schema.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatNobodyAsksForIsKnown() throws IOException {
    Set<String> known = new TreeSet<>(UNUSED.keySet());
    known.addAll(NO_MATTER);
    assertThat(unused()).containsExactlyInAnyOrderElementsOf(known);
  }

  @Test
  void whatHasNoEffectIsMarkedAndNothingElse() {
    Set<String> marked = new TreeSet<>();
    SCHEMA.at("/$defs").properties().forEach(e -> marked(e.getValue(), e.getKey() + ".", marked));
    marked(SCHEMA, "", marked);
    Set<String> expected = new TreeSet<>(UNUSED.values());
    expected.addAll(ELSEWHERE);
    assertThat(marked).containsExactlyElementsOf(expected);
  }

  private static void marked(JsonNode type, String prefix, Set<String> marked) {
    type.path("properties")
        .properties()
        .forEach(property -> mark(property.getValue(), prefix + property.getKey(), marked));
    type.path("patternProperties").forEach(property -> mark(property, prefix + "*", marked));
    type.path("anyOf").forEach(one -> marked(one, prefix, marked));
  }

  private static void mark(JsonNode property, String name, Set<String> marked) {
    if (property.has("x-effect")) {
      marked.add(name);
    }
  }

  /** The components of the model's records whose accessor no class outside of compose refers to. */
  private static List<String> unused() throws IOException {
    Set<String> used = new HashSet<>();
    for (Path file : classes("io/jcompose")) {
      String name = CLASSES.relativize(file).toString().replace(".class", "");
      if (!name.startsWith("io/jcompose/compose/") && !COPIERS.contains(name)) {
        used.addAll(calls(file));
      }
    }
    List<String> unused = new ArrayList<>();
    for (Path file : classes(MODEL)) {
      String name = CLASSES.relativize(file).toString().replace(".class", "");
      ClassFile.of()
          .parse(file)
          .findAttribute(Attributes.record())
          .ifPresent(
              record ->
                  record.components().stream()
                      .map(component -> component.name().stringValue())
                      .filter(component -> !used.contains(name + "." + component))
                      .forEach(component -> unused.add(name.replaceFirst(".*[/$]", "") + "." + component)));
    }
    return unused;
  }

  private static List<Path> classes(String folder) throws IOException {
    try (Stream<Path> files = Files.walk(CLASSES.resolve(folder))) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  private static Set<String> calls(Path file) throws IOException {
    Set<String> calls = new HashSet<>();
    for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
      if (entry instanceof MemberRefEntry member && member.owner().asInternalName().startsWith(MODEL)) {
        calls.add(member.owner().asInternalName() + "." + member.name().stringValue());
      }
    }
    return calls;
  }
}
